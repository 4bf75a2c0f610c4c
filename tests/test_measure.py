import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docs.measure import FIGURES, RELATIVE_OPENING, Tree, docstrings, main, measure, read

ROOT = Path(__file__).parents[1]
OPENS_SO = re.compile(rf"""["'][\s\\]*{RELATIVE_OPENING.pattern}""")
"""A text of a file that holds such a docstring: to parse everything takes seconds."""
RELATIVE = "docstrings that open with a relative clause"
LIMITS = {
    "longest file": 490,
    "files over 400 lines": 7,
    "lines of a function: median / p90 / longest": 40,
    "names imported by a file: median / p90": 48,
    "names imported by a service: median / p90": 64,
    "`Any` per 1 000 lines": 6,
    "`Any` per 1 000 lines of services and policies": 2.4,
    "string subscripts read in services and policies": 130,
    '`row["name"]` in services, policies and api': 193,
    RELATIVE: 3,
    "`noqa`": 47,
    "rooms of services": 16,
    "arrows between them": 50,
}
"""The last number of a figure may not rise above its limit, which is hardly more than what was reached."""

FILES = {
    "__init__.py": "",
    "api/plans.py": 'def read(row):\n    """Read it."""\n    return row["name"]\n',
    "services/pages.py": '"""Why there are pages."""\nfrom typing import Any\n\nrows: Any = None  # noqa: X1\n',
    "services/filing/plans.py": "from app.services import pages\nfrom app.services.policies.filing import plans, on\n",
    "services/filing/checks.py": "from app.services.filing import plans\nimport app.services.pages as told\n",
    "services/policies/filing/plans.py": 'def due(row):\n    row["a"] = row["b"]\n    return {"a": 1}["a"]\n',
}


@pytest.fixture
def app(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "app" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "app"


def test_every_figure_is_counted(app: Path) -> None:
    figures = measure(app)
    assert {label: figures[label] for label in FIGURES if "subjects" not in label} == {
        "files": "6",
        "lines": "14",
        "longest file": "4",
        "files over 400 lines": "0",
        "functions": "2",
        "lines of a function: median / p90 / longest": "3 / 3 / 3",
        "names imported by a file: median / p90": "0.5 / 3",
        "names imported by a service: median / p90": "2 / 3",
        "`Any` per 1 000 lines": "71.4",
        "`Any` per 1 000 lines of services and policies": "90.9",
        "string subscripts read in services and policies": "2",
        '`row["name"]` in services, policies and api': "3",
        "docstrings that open with a relative clause": "1 of 2",
        "`noqa`": "1",
        "rooms of services": "3",
        "arrows between them": "2",
    }


def test_no_figure_of_the_code_rises_above_its_limit() -> None:
    figures = measure(ROOT / "app")
    assert {label: figures[label] for label, limit in LIMITS.items() if _limited(figures[label]) > limit} == {}


def _limited(figure: str) -> float:
    """Return the number that is limited: of a share its part, of a spread its largest."""
    return float(re.split(r" of | / ", figure)[0 if " of " in figure else -1])


@pytest.mark.parametrize("folder", ["benchmarks", "demo", "docs", "tests"])
def test_no_docstring_beside_the_code_opens_with_a_relative_clause(folder: str) -> None:
    suspects = [source for source in read(ROOT / folder).sources if OPENS_SO.search(source.text)]
    assert [text for text in docstrings(Tree(ROOT, suspects)) if RELATIVE_OPENING.match(text)] == []


def test_no_description_of_the_contract_opens_with_a_relative_clause() -> None:
    """The published schema of nomination payloads never changes, so its descriptions are exempt."""
    contract, published = (
        set(_descriptions(json.loads((ROOT / "openapi" / name).read_text("utf-8"))))
        for name in ("openapi.json", "nomination-payload-1.schema.json")
    )
    assert sorted(text for text in contract - published if RELATIVE_OPENING.match(text)) == []


def _descriptions(node: Any) -> Iterator[str]:
    """Yield every description in a document, at any depth."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if isinstance(value, str):
            yield from [value] * (key == "description")
        else:
            yield from _descriptions(value)


def test_a_tree_outside_of_git_has_no_commits(app: Path) -> None:
    figures = measure(app)
    assert {figures[label] for label in FIGURES if "subjects" in label} == {"–"}


def test_a_measure_of_before_stands_before_the_present(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--json", str(app)])
    before = app.parent / "before.json"
    before.write_text(json.dumps(json.loads(capsys.readouterr().out) | {"files": "7"}), "utf-8")
    main([str(app), "--against", str(before)])
    assert "| files | 7 | 6 |" in capsys.readouterr().out
