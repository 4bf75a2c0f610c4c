"""The shape of the code is a promise too."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
APP = ROOT / "app"
DOMAINS = ("people", "filing", "judging", "commending", "handover", "notifying")
API_ITSELF = {"reference"}
MODELS_THEMSELVES = {"base"}
ONLY_RULES = {"constraints", "deadlines", "forms", "narratives", "notice", "working_days"}
"""Policies that serve several concepts."""

LONG = {"services/judging/rounds.py": "every member of a round's input is described for the contract"}
"""Files over 400 lines. A concept stays whole: it is not divided to meet a figure."""

FUNCTIONS = [
    (path.relative_to(ROOT), node)
    for path in sorted(APP.rglob("*.py"))
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
]


def concepts(folder: str) -> set[str]:
    homes = [APP / folder, *(APP / folder / domain for domain in DOMAINS)]
    return {path.stem for home in homes for path in home.glob("*.py")} - {"__init__"}


def test_a_concept_has_one_name_in_every_layer() -> None:
    assert concepts("api") - API_ITSELF - concepts("services") == set()
    assert concepts("services/policies") - ONLY_RULES - concepts("services") == set()
    assert concepts("models") - MODELS_THEMSELVES - concepts("services") == set()


def test_no_folder_is_a_drawer() -> None:
    names = {path.stem for path in APP.rglob("*")}
    assert names & {"utils", "helpers", "common", "misc", "schemas", "repositories"} == set()


def test_a_long_file_has_its_reason() -> None:
    lengths = {str(path.relative_to(APP)): len(path.read_text("utf-8").splitlines()) for path in APP.rglob("*.py")}
    assert {name for name, length in lengths.items() if length > 400} == LONG.keys()


def test_a_function_does_one_thing() -> None:
    long = [f"{path}:{node.name}" for path, node in FUNCTIONS if (node.end_lineno or 0) - node.lineno >= 40]
    assert long == []


def test_the_clock_is_read_in_one_place_only() -> None:
    calls = {
        str(path.relative_to(APP))
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    }
    entrances = {"settings.py", "serving.py", "doctor.py"}  # the demonstration's clock, and its control
    assert calls - entrances - {"embedded/certificates.py"} == set()


def test_nobody_commits_but_the_transaction_itself() -> None:
    found = {str(path.relative_to(APP)) for path in APP.rglob("*.py") if ".commit(" in path.read_text("utf-8")}
    assert found == set()
