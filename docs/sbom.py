"""Print the software bill of materials (CycloneDX 1.6) of the production image: what the lock pins, what is vendored.

`python -m docs.sbom > sbom.json` needs no network. Licences are those of the packages that are installed here; the
hashes that `pip` checks stand in the lock itself.
"""

import json
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "app.txt"
VENDORED = ROOT / "app" / "api" / "http" / "static" / "reference"


UNSTATED = {"pyrage": "MIT"}
"""Licences that only a file in the package tells."""


def bill() -> dict[str, Any]:
    """The same for the same lock: without a date or a serial number."""
    product = {"type": "application", "bom-ref": "pinpai", "name": "pinpai", "version": version("pinpai")}
    components = [*pinned(), reference_page()]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": product},
        "components": sorted(components, key=lambda component: str(component["bom-ref"])),
    }


def pinned() -> Iterator[dict[str, Any]]:
    """The packages of the lock."""
    for name, release in re.findall(r"^([a-z0-9._-]+)(?:\[[a-z0-9,_-]+\])?==([^\s;]+)", LOCK.read_text(), re.MULTILINE):
        purl = f"pkg:pypi/{name}@{release}"
        component = {"type": "library", "bom-ref": purl, "name": name, "version": release, "purl": purl}
        yield component | ({"licenses": [{"license": {"name": licence}}]} if (licence := _licence(name)) else {})


def reference_page() -> dict[str, Any]:
    """The page of the documentation, copied into the repository."""
    (release,) = re.findall(r"^# @scalar/api-reference ([0-9.]+)", (VENDORED / "SHA256SUMS").read_text(), re.MULTILINE)
    purl = f"pkg:npm/%40scalar/api-reference@{release}"
    return {
        "type": "library",
        "bom-ref": purl,
        "group": "@scalar",
        "name": "api-reference",
        "version": release,
        "purl": purl,
        "licenses": [{"license": {"name": "MIT"}}],
    }


def _licence(name: str) -> str | None:
    try:
        about = metadata(name)
    except PackageNotFoundError:  # for another system or another Python
        return None
    stated = [about[name].partition("\n")[0] for name in ("License-Expression", "License") if name in about]
    classified = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier", []) if line.startswith("License")]
    return next(filter(None, [*stated, ", ".join(classified), UNSTATED.get(name)]), None)


if __name__ == "__main__":
    print(json.dumps(bill(), indent=2, ensure_ascii=False))  # noqa: T201  # the bill itself
