import pytest

from app.credit_codes import is_valid
from app.services.policies.filing.narratives import count_characters
from demo import content

SEEDS = range(72)
FORMS = [content.application_form(seed) for seed in SEEDS]


def sentences(text: str) -> set[str]:
    return {sentence for sentence in text.replace("\n", "。").split("。") if sentence}


def test_a_dozen_committees_of_both_kinds() -> None:
    committees = content.committees()
    assert [committee.kind for committee in committees].count("township_subdistrict") == 6
    assert [committee.kind for committee in committees].count("district_direct") == 6
    assert {2, 3, 4} == {len(committee.units) for committee in committees}
    assert all(len(committee.planned_cases) >= 2 for committee in committees)


def test_names_and_codes_are_nobody_elses() -> None:
    units = content.units()
    assert len({unit.name for unit in units}) == len({unit.credit_code for unit in units}) == len(units) == 36
    assert all(is_valid(unit.credit_code) for unit in units)
    assert {unit.honour_level for unit in units} == {"national", "provincial", "municipal", "district"}


def test_every_category_has_nine_cases() -> None:
    categories = [form.category for form in FORMS[:36]]
    assert {category: categories.count(category) for category in content.CATEGORIES} == dict.fromkeys(
        content.CATEGORIES, 9
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_an_application_is_about_2000_characters_and_leaves_no_blank(seed: int) -> None:
    narrative = str(content.application_text(seed))
    assert 1900 <= count_characters(narrative) <= 2200
    assert not set("{}") & set(narrative)


@pytest.mark.parametrize("seed", range(36))
def test_a_short_text_is_far_too_short(seed: int) -> None:
    assert 200 < count_characters(str(content.short_text(seed))) < 400


def test_texts_are_distinct() -> None:
    assert len({str(form.narrative) for form in FORMS}) == len(FORMS)
    written = [sentences(str(form.narrative)) for form in FORMS[:36]]
    shared = [len(one & other) / len(one) for at, one in enumerate(written) for other in written[:at]]
    assert max(shared) < 0.5
    assert sum(shared) / len(shared) < 0.2


def test_the_same_seed_writes_the_same_form() -> None:
    assert FORMS[7] == content.application_form(7) != content.application_form(43)
