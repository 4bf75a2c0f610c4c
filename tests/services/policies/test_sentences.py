"""Every parameter that decided is in the sentence, in both languages: limit, count, name, deadline with its hour."""

import ast
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from string import Formatter
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest

from app.findings import Rule, said
from app.models.enums import Language, Role
from app.services import policies

MODULES = [import_module(each.name) for each in pkgutil.walk_packages(policies.__path__, f"{policies.__name__}.")]
RULES = {
    f"{module.__name__.removeprefix(policies.__name__)}.{name}": rule
    for module in (policies, *MODULES)
    for name, rule in vars(module).items()
    if isinstance(rule, Rule)
}
TWINS = {
    "label": "code of a vocabulary",
    "kind": "",
    "role": "",
    "state": "",
    "labels": "codes",
    "level": "",
    "levels": "",
    "recommender": "the notice's own word, which is Chinese: English says committee",
}
"""Words of a vocabulary: Chinese says the label, English the code."""
FOR_MACHINES = {
    "opens_at": "the instant beside the day",
    "due_on": "the published day beside the instant",
    "reason": "the code of a conflict, whose sentence is its own",
    "criterion": "the code beside the name",
}


def fields(words: str) -> set[str]:
    return {name.removesuffix("_en") for _, name, _, _ in Formatter().parse(words) if name}


def calls(module: ModuleType, tree: ast.AST | None = None) -> Iterator[tuple[str, Rule, set[str | None]]]:
    """Every finding that a module makes, or a part of it: its place, its rule, the names of its parameters.

    None is among those where others are handed on, which are not seen here.
    """
    for node in ast.walk(tree or ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            rule = vars(module).get(node.func.id)
            if isinstance(rule, Rule):
                given = {keyword.arg for keyword in node.keywords}
                yield f"{module.__name__}:{node.lineno} {node.func.id}", rule, given


def test_both_languages_name_the_same() -> None:
    apart = {
        name: (fields(rule.zh), fields(rule.en))
        for name, rule in RULES.items()
        if fields(rule.zh) - TWINS.keys() != fields(rule.en) - TWINS.keys()
    }
    assert apart == {}


def test_every_parameter_of_a_finding_is_in_its_sentence() -> None:
    missing = {
        place: unsaid
        for module in (policies, *MODULES)
        for place, rule, given in calls(module)
        for said_in in [fields(rule.zh) | fields(rule.en)]
        if (unsaid := {name.removesuffix("_en") for name in given if name} - said_in - FOR_MACHINES.keys())
    }
    assert missing == {}


def test_every_word_of_a_sentence_is_given_where_it_is_said() -> None:
    """A name that a finding forgets would be an error of the program, when it is put into words."""
    missing = {
        place: unsaid
        for module in (policies, *MODULES)
        for place, rule, given in calls(module)
        if None not in given
        and (unsaid := (fields(rule.zh) | fields(rule.en)) - {each.removesuffix("_en") for each in given if each})
    }
    assert missing == {}


INSTANT = re.compile(r"(^now|_at|^until|^end_of)$")
"""Names of instants, and of what computes one."""
SAYS_WHEN = re.compile(r"(_at|_on|until)$")


def names_in(node: ast.AST) -> set[str]:
    """The names, attributes and functions that an expression uses."""
    plain = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return plain | {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}


def compares_instants(test: ast.AST, known: set[str]) -> bool:
    """An expression compares two instants, or uses a name for such a comparison."""
    order = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq)
    ordered = [each for each in ast.walk(test) if isinstance(each, ast.Compare) and isinstance(each.ops[0], order)]
    instants = any(INSTANT.search(name) for each in ordered for name in names_in(each))
    return instants or bool(names_in(test) & known)


def decided_by_instants(module: ModuleType) -> Iterator[tuple[str, Rule, set[str | None]]]:
    """Findings that a function makes where two instants are compared: place, rule and names of the parameters."""
    for function in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
        if isinstance(function, ast.FunctionDef):
            known: set[str] = set()
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and compares_instants(node.value, known):
                    known |= {name for target in node.targets for name in names_in(target)}
            for node in ast.walk(function):
                if isinstance(node, ast.If | ast.IfExp) and compares_instants(node.test, known):
                    yield from calls(module, node)


def test_a_finding_that_an_instant_decided_says_the_instant() -> None:
    found = [each for module in (policies, *MODULES) for each in decided_by_instants(module)]
    silent = {
        place
        for place, rule, given in found
        if not any(
            SAYS_WHEN.search(name) for name in {each for each in given if each} & fields(rule.zh) & fields(rule.en)
        )
    }
    assert silent == set()
    assert len({rule.code for _, rule, _ in found}) > 5, "few rules look at instants: the test has lost its sight"


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (datetime(2015, 4, 21, 9, 14, tzinfo=ZoneInfo("Asia/Shanghai")), "2015年4月21日09:14", "2015-04-21 09:14"),
        (datetime(2015, 4, 23, tzinfo=ZoneInfo("Asia/Shanghai")), "2015年4月22日24:00", "2015-04-22 24:00"),
        (datetime(2015, 4, 22, 16, tzinfo=UTC), "2015年4月22日24:00", "2015-04-22 24:00"),
        (date(2015, 4, 22), "2015年4月22日", "2015-04-22"),
        ("甲", "甲", "甲"),
        ([Role.UNIT, Role.OFFICE], "文明单位、主办单位", "unit, office"),
    ],
)
def test_instants_are_said_in_one_way(value: object, chinese: str, english: str) -> None:
    assert [said(value, language) for language in (Language.ZH, Language.EN)] == [chinese, english]


def test_every_sentence_with_a_deadline_says_of_which_campaign_it_is() -> None:
    """Several may run at a time; of a campaign itself, and of a day that a request names, it is no question."""
    of_deadline = {name: rule for name, rule in RULES.items() if "{enforced_at}" in rule.zh or ".deadlines." in name}
    assert len(of_deadline) > len(Language)
    assert [name for name, rule in of_deadline.items() if "campaign" not in fields(rule.zh) & fields(rule.en)] == []


def test_an_activation_code_has_one_word() -> None:
    """激活码, as the notices of it say."""
    assert [name for name, rule in RULES.items() if "启用码" in rule.zh] == []
