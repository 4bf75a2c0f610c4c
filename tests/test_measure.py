import json
from pathlib import Path

import pytest

from docs.measure import FIGURES, main, measure

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


def test_a_tree_outside_of_git_has_no_commits(app: Path) -> None:
    figures = measure(app)
    assert {figures[label] for label in FIGURES if "subjects" in label} == {"–"}


def test_a_measure_of_before_stands_before_the_present(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--json", str(app)])
    before = app.parent / "before.json"
    before.write_text(json.dumps(json.loads(capsys.readouterr().out) | {"files": "7"}), "utf-8")
    main([str(app), "--against", str(before)])
    assert "| files | 7 | 6 |" in capsys.readouterr().out
