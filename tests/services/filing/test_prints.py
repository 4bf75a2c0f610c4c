import pytest

from app.file_names import named
from app.findings import Finding
from app.printing.paper import Paper
from app.problems import RulesViolated
from app.services.filing import prints
from app.services.policies.filing import prints as policy
from app.services.policies.filing.prints import PrintedPictures
from tests.world import World, actor_of
from tests.world.filing import district


def test_each_version_and_choice_of_pictures_has_a_name_of_its_own() -> None:
    names = {
        named("application/pdf", "2015-C04-001", *policy.name_of(version, pictures))
        for version in (None, 1, 2)
        for pictures in PrintedPictures
    }
    assert len({each.plain for each in names}) == len({each.said for each in names}) == 9
    assert ("2015-C04-001-申报表-第2版-原图.pdf", "2015-C04-001-form-v2-full.pdf") in names
    assert ("2015-C04-001-申报表.pdf", "2015-C04-001-form.pdf") in names


async def test_pictures_in_full_size_are_as_many_as_a_file_may_have(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = await district(world)
    application_id = await place.complete()
    monkeypatch.setattr(policy, "MOST_PICTURES", -1)
    async with world.viewing(actor_of(place.member)) as view:
        sheet = await prints.application(view, application_id, None, PrintedPictures.NONE)
        assert isinstance(sheet.paper, Paper)
        assert (sheet.pictures, sheet.paper.figures) == ((), None)
        with pytest.raises(RulesViolated) as refused:
            await prints.application(view, application_id, None, PrintedPictures.FULL)
    assert [*map(code_of, refused.value.findings)] == ["pictures_too_large"]


def code_of(finding: Finding) -> str:
    return finding.rule.code
