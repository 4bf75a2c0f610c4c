"""The shape of the code is a promise too."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APP = ROOT / "app"
POLICIES = APP / "services" / "policies"
TESTS = ROOT / "tests"
DOMAINS = ("people", "filing", "judging", "commending", "handover", "notifying")
LAYERS = ("api", "services", "services/policies", "models")
FOLDERS = {"api": {"http"}, "services": {"policies"}, "models": {"enums"}}
"""What a layer has beside the domains."""

KERNEL = {
    "audit",
    "backups",
    "base",
    "constraints",
    "events",
    "files",
    "health",
    "history",
    "idempotency",
    "jobs",
    "limits",
    "pages",
    "reference",
    "rights",
}
"""Concepts that serve every domain, and lie in none."""

ALONE = {
    "paper_starters": "templates to begin from, which the routes of templates answer",
    "paper_values": "the values of papers by the names of their placeholders, too long for the file of the templates",
    "placeholders": "the closed list of placeholders, which templates and values have in common",
    "template_copies": "templates that a copy of a campaign takes over, without a route of its own",
    "affiliations": "the committee and the unit of an account, which has the routes",
    "attachment_settings": "a part of a campaign's settings, too long for the file of the whole",
    "authentication": "whose a session is, which every route asks and none has for itself",
    "award_choices": "the ways to awards, of which a caller sees one: the award",
    "award_settings": "a part of a campaign's settings, too long for the file of the whole",
    "belongings": "files and partners of an application, which go with it when it is deleted",
    "base": "the tables' own machinery",
    "figure_settings": "a part of a campaign's settings, which says how imported figures become points",
    "named_cases": "names that are read beside figures, which have the routes",
    "candidates": "those to choose from when awards are proposed, of which a caller sees the awards",
    "composite_settings": "a part of a campaign's settings, which says what makes a composite result",
    "seals": "seals as several acts void them; endorsements has the acts on them",
    "concessions": "what extensions and exemptions have in common",
    "constraints": "rules that the database has the last word on",
    "ceremonies": "what the library of passkeys does, loaded when one is used",
    "codes": "an activation code as columns of its account, which has the routes",
    "contents": "what applications, endorsements and corrections all write",
    "criteria": "a part of a campaign's settings, which the judging takes by itself",
    "controls": "the table of all that differs between the controls of a campaign's own cells",
    "deadlines": "rules of everything that has a deadline",
    "filled_blocks": "a filled form as it is read, before anybody looks for labels",
    "filled_sheets": "a filled form that comes as a workbook, as the tables of one that comes as a document",
    "filled_tables": "the labels of a filled form and what stands beside them",
    "filled_values": "the values of a filled form, by their controls",
    "filters": "what lists of applications are filtered by, too long for the file of the whole",
    "digests": "mail is sent by the worker, asked for by nobody",
    "distributions": "what a proposal starts from and comes to",
    "filed_sets": "conditions of statements about what a committee has put forward",
    "limit_settings": "part of the settings",
    "listed_bodies": "a list as the body of a request, whatever it lists",
    "listed_files": "refusals of a file, before anybody looks for a list in it",
    "lapses": "what becomes of a swap that nobody answers",
    "guessing": "the estimate of a new password, which has a second to itself",
    "hashing": "passwords and codes as they are stored",
    "history": "the verbs of every change",
    "intake": "the cases that enter a round, which has the routes",
    "inventory": "the columns that hold personal data, for a page and for tests",
    "kinds": "the rows of the table of notices",
    "narratives": "rules of the form's texts",
    "occasions": "the owners and facts of what is told, read for the notices",
    "owed": "what is still to be handed in, read for the reminders",
    "notice": "the campaign's settings, read by every rule",
    "own_accounts": "a part of the table of notices, which is about the reader",
    "own_cells": "the definition of a cell, which is a part of the settings",
    "paper_settings": "the heads of the forms on paper, which are a part of the settings",
    "pages": "lists of every concept",
    "payload_schemas": "what is published of every version of the payload",
    "past_wins": "what an application won before, where its campaign asks",
    "parties": "the names that a campaign's sentences have, which are a part of the settings",
    "nominees": "applications as they may be put forward; nominations have the routes",
    "participations": "a committee's place in a campaign, the lock of many acts",
    "reliance": "the committees that rely on a campaign's rules, and what was made under them",
    "planned_cases": "the rows of a plan, which has the routes",
    "reference": "vocabularies and refusals, which are code",
    "reversals": "the plan by which a proposal is undone",
    "rights": "what the application's role may do with each table",
    "turns": "the line before the hashing threads, which no request asks for by name",
    "visibility": "conditions of every statement",
    "working_days": "the calendar of publicity",
    "veto_settings": "a part of a campaign's settings, which the rules of the list are made for",
}
"""Names found in one layer only, each with its reason."""

LONG = {
    "services/policies/filing/applications.py": "every rule and act of an application, in the order of its states",
    "services/policies/filing/notice.py": "every setting of a campaign is one member, in the order of the notice",
    "services/notifying/occasions.py": "the owners and facts of each subject of events are one table",
    "problems.py": "every refusal of the contract is one class",
    "services/judging/rounds.py": "every member of a round's input is described for the contract",
}
"""Files over 400 lines. A concept stays whole: it is not divided to meet a figure."""

ROUNDED = {
    "printing/word_parts.py:points": "lengths on a page in the whole units that Word counts",
    "algorithms/scores.py:rounded": "figures as they are shown; called below, and by nobody who compares them",
    "algorithms/placement.py:_rows": "a ranking as it is shown, beside ranks from the exact figures",
    "algorithms/placement.py:_judges": "leniency as it is shown",
    "algorithms/placement.py:_noise": "noise as it is shown",
    "algorithms/snapshots.py:_score": "a total as it is kept beside the scores, from which it follows exactly",
    "algorithms/methods.py:reviewer_adjusted": "an estimate, compared as it is shown (decision 80)",
    "algorithms/leniency.py:leniency": "an estimate that must be the same on every machine",
    "algorithms/leniency.py:_variance_ratio": "the same",
    "algorithms/resampling.py:intervals": "estimates that must be the same on every machine; equals share an interval",
    "services/policies/judging/reviews.py:total_of": "a total as its judge is shown it; rankings go by the scores",
    "services/policies/judging/round_progress.py:case_figures": "disagreement as it is shown",
    "services/policies/commending/indicators.py:shown": "points as they are shown, after the comparison",
    "services/policies/commending/indicators.py:value": "a measure as it is shown, beside the exact one",
    "services/judging/composites.py:of": "a weight as it is shown, beside the exact sum",
    "services/judging/figure_tables.py:read": "figures and points as they are shown, beside the exact ones",
    "services/judging/composites.py:_shown": "figures as they are shown, after the comparison",
    "services/judging/distributions.py:_share": "a share as it is shown",
    "api/http/envelope.py:log": "milliseconds in the log",
    "outgoing.py:_send": "milliseconds in a delivery's record",
    "imaging/pictures.py:kept_size": "whole pixels",
    "imaging/pictures.py:fitting": "whole pixels",
}
"""Functions that round, each with its reason: a rounded figure is shown, never compared, ranked or summed."""


@cache
def functions() -> list[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function of the program, with its file; parsed in the process whose test asks for them."""
    return [
        (path.relative_to(ROOT), node)
        for path in sorted(APP.rglob("*.py"))
        for node in statements(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement below a node: no expression holds one, and to walk through them takes seconds."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield child
            yield from statements(child)


def homes() -> dict[str, dict[str, set[str]]]:
    """Domains of every concept (of the kernel, the empty one) by layer."""
    found: dict[str, dict[str, set[str]]] = {}
    for layer in LAYERS:
        for domain in ("", *DOMAINS):
            for path in (APP / layer / domain).glob("*.py"):
                found.setdefault(path.stem, {}).setdefault(layer, set()).add(domain)
    return {concept: layers for concept, layers in found.items() if concept != "__init__"}


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_has_the_domains_for_folders(layer: str) -> None:
    folders = {path.parent.name for path in (APP / layer).glob("*/*.py")}
    assert folders == {*DOMAINS, *FOLDERS.get(layer, set())}


def test_a_concept_lies_in_a_domain_or_serves_all() -> None:
    assert {concept for concept, layers in homes().items() if any("" in found for found in layers.values())} == KERNEL


def test_a_concept_lies_in_the_same_domain_in_every_layer() -> None:
    astray = {concept: layers for concept, layers in homes().items() if len(set.union(*layers.values())) > 1}
    assert [concept for concept, layers in astray.items() if len(layers) > 1] == []


def test_a_name_of_one_layer_has_its_reason() -> None:
    assert {concept for concept, layers in homes().items() if len(layers) == 1} == ALONE.keys()


@pytest.mark.parametrize("layer", LAYERS)
def test_a_concept_is_tested_where_it_lies(layer: str) -> None:
    tests = {path for domain in ("", *DOMAINS) for path in (ROOT / "tests" / layer / domain).glob("test_*.py")}
    where = {
        concept: {domain or layer.rsplit("/", maxsplit=1)[-1] for domain in set.union(*at.values())}
        for concept, at in homes().items()
    }
    astray = [
        path for path in tests if path.parent.name not in where.get(path.stem.removeprefix("test_"), {path.parent.name})
    ]
    assert astray == []


def test_no_folder_is_a_drawer() -> None:
    names = {path.stem for path in APP.rglob("*")}
    assert names & {"utils", "helpers", "common", "misc", "schemas", "repositories"} == set()


def test_a_long_file_has_its_reason() -> None:
    lengths = {str(path.relative_to(APP)): len(path.read_text("utf-8").splitlines()) for path in APP.rglob("*.py")}
    assert {name for name, length in lengths.items() if length > 400} == LONG.keys()


def test_a_function_does_one_thing() -> None:
    long = [f"{path}:{node.name}" for path, node in functions() if (node.end_lineno or 0) - node.lineno >= 40]
    assert long == []


def test_a_figure_is_rounded_to_be_shown_and_for_no_other_reason() -> None:
    rounding = {
        f"{path.relative_to('app')}:{function.name}"
        for path, function in functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        for name in [getattr(node.func, "attr", getattr(node.func, "id", ""))]
        if name in {"round", "rounded", "quantize"} or (name == "map" and "rounded" in ast.unparse(node))
    }
    assert rounding == ROUNDED.keys()


def test_the_clock_is_read_in_one_place_only() -> None:
    calls = {
        str(path.relative_to(APP))
        for path in APP.rglob("*.py")
        for text in [path.read_text("utf-8")]
        if re.search(r"\b(datetime|date)\s*\.\s*(now|utcnow|today)\b", text)  # to parse everything takes a second
        for node in ast.walk(ast.parse(text))
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


IMPORTS_TEST = re.compile(r"^\s*(from|import)\b[^\n(]*(\([^)]*)?\btest_", re.MULTILINE)
"""What the text of a file has that imports from a test module: to parse them all takes seconds."""


def imported(text: str) -> set[str]:
    """The modules that a file imports, and what it imports from them, as that may be a module too."""
    nodes = list(ast.walk(ast.parse(text)))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    return plain | {f"{node.module}.{name.name}" for node in froms for name in node.names}


def test_nothing_is_imported_from_a_test_module() -> None:
    """Names that several tests use are defined in tests/world, or in a module beside the tests."""
    found = [
        f"{path.relative_to(TESTS)}: {name}"
        for path in sorted(TESTS.rglob("*.py"))
        for text in [path.read_text("utf-8")]
        if IMPORTS_TEST.search(text)
        for name in sorted(imported(text))
        if any(re.fullmatch("test_.*", part) for part in name.split("."))
    ]
    assert found == []


def test_a_service_has_its_own_tests() -> None:
    services = concepts_below(APP / "services", "") - {f"policies/{rest}" for rest in concepts_below(POLICIES, "")}
    tested = concepts_below(TESTS / "services", "test_")
    assert services - tested == set()


def concepts_below(folder: Path, prefix: str) -> set[str]:
    """Names of files with this prefix, without it, and with the folder they lie in."""
    paths = {path.relative_to(folder) for path in folder.rglob(f"{prefix}*.py") if path.stem != "__init__"}
    return {str(path.with_name(path.stem.removeprefix(prefix))) for path in paths}


TIMED = re.compile(r"\bassert\b.*\b(monotonic\(\) - |perf_counter|milliseconds|elapsed)\b.*<")
PATIENT = 30
SHORT = {
    "tests/embedded/stranger.py": "a door that is closed to strangers may be silent",
    "tests/embedded/test_seaweed.py": "so may one that wants TLS",
    "tests/test_database.py": "one who waits in a queue gives up",
}
"""Waits that end unheard where all is well."""


def _waits(tree: ast.AST) -> Iterator[tuple[int, float]]:
    """Lines where a test waits for what must come, each with the seconds."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        given = [each.value for each in call.keywords if each.arg == "timeout"]
        given += {"timeout": call.args[:1], "wait_for": call.args[1:2], "settimeout": call.args[:1]}.get(name, [])
        yield from (
            (each.lineno, float(ast.unparse(each))) for each in given if isinstance(each, ast.Constant) and each.value
        )


def test_no_test_fails_because_the_machine_is_busy() -> None:
    """Times are the benchmark's to compare; a wait for what must come is only there to end a test that hangs."""
    timed, hasty = [], []
    for path in sorted(TESTS.rglob("*.py")):
        place, text = str(path.relative_to(ROOT)), path.read_text()
        timed += [f"{place}:{number}" for number, line in enumerate(text.splitlines(), 1) if TIMED.search(line)]
        if re.search("timeout|wait_for", text):  # to parse everything takes more than a second
            hasty += [
                f"{place}:{line}"
                for line, seconds in _waits(ast.parse(text))
                if seconds < PATIENT and place not in SHORT
            ]
    assert (timed, hasty) == ([], [])
