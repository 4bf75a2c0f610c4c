import re

from docs import sbom


def test_the_bill_lists_every_pinned_package_once_and_what_is_vendored() -> None:
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)", sbom.LOCK.read_text(), re.MULTILINE)
    listed = [component["purl"] for component in sbom.bill()["components"]]
    vendored = [purl for purl in listed if purl.startswith("pkg:npm/%40scalar/api-reference@")]
    assert (len(vendored), len(listed)) == (1, len(set(listed)))
    assert set(listed) - set(vendored) == {f"pkg:pypi/{name}@{release}" for name, release in pins}


def test_what_is_installed_tells_its_licence() -> None:
    unknown = {component["name"] for component in sbom.bill()["components"] if "licenses" not in component}
    assert unknown <= {"colorama", "httpx2-jsfetch"}  # for Windows, and for Python in a browser
