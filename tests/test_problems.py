import inspect
from uuid import uuid4

import jsonschema_rs
import pytest

from app import problems
from app.models.enums import Language
from app.problems import Problem, RulesViolated, catalogue

KINDS = catalogue()


def test_the_catalogue_holds_every_refusal() -> None:
    defined = [kind for _, kind in inspect.getmembers(problems, inspect.isclass) if issubclass(kind, Problem)]
    assert set(KINDS) == set(defined) - {Problem}


def test_no_two_refusals_share_a_code_or_a_title() -> None:
    assert len({kind.code() for kind in KINDS}) == len(KINDS)
    assert len({kind.title for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_is_complete(kind: type[Problem]) -> None:
    assert 400 <= kind.status <= 599
    assert kind.__doc__
    assert kind.sentence.zh
    assert kind.sentence.en
    assert kind.sentence.zh != kind.sentence.en
    assert kind.title.isascii()
    assert kind.title == kind.title.strip().rstrip(".")


@pytest.mark.parametrize("kind", KINDS)
def test_its_example_is_valid_against_its_own_schema(kind: type[Problem]) -> None:
    schema = kind.schema().model_json_schema(mode="serialization", by_alias=True)
    example = kind.example()
    jsonschema_rs.validate(schema, example)
    assert set(example) == set(schema["properties"]) == set(schema["required"])
    assert example["type"] == f"urn:problem-type:pinpai:{kind.code()}"


@pytest.mark.parametrize("kind", KINDS)
def test_no_placeholder_stays_in_a_sentence(kind: type[Problem]) -> None:
    assert "{" not in kind.example()["detail"]


def test_a_code_is_the_name_in_lower_case() -> None:
    assert (problems.IfMatchRequired.code(), problems.NotFound.code()) == ("if-match-required", "not-found")


def test_the_occurrence_is_the_requests_number() -> None:
    number = uuid4()
    assert problems.NotFound().document(Language.EN, number) == {
        "type": "urn:problem-type:pinpai:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "Not found, or not yours to see.",
        "instance": f"urn:uuid:{number}",
    }


def test_findings_are_told_in_the_language_of_the_caller() -> None:
    problem = RulesViolated([problems.EXAMPLE_RULE("/images", minimum=5, count=3)])
    chinese, english = (problem.document(language, uuid4()) for language in (Language.ZH, Language.EN))
    assert (chinese["title"], chinese["detail"]) == (english["title"], "有 1 处不符合要求。")
    assert chinese["findings"][0]["message"] == "图片至少 5 幅，现有 3 幅。"
    assert english["findings"][0]["message"] == "At least 5 pictures are needed; there are 3."
