import pytest

from app.findings import Finding
from app.problems import RulesViolated
from app.services.filing import prints
from app.services.policies.filing import prints as policy
from app.services.policies.filing.prints import PrintedPictures
from tests.world import World, actor_of
from tests.world.filing import district


async def test_pictures_in_full_size_are_as_many_as_a_file_may_have(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = await district(world)
    application_id = await place.complete()
    monkeypatch.setattr(policy, "MOST_PICTURES", -1)
    async with world.viewing(actor_of(place.member)) as view:
        sheet = await prints.application(view, application_id, None, PrintedPictures.NONE)
        assert (sheet.pictures, sheet.paper.figures) == ((), None)
        with pytest.raises(RulesViolated) as refused:
            await prints.application(view, application_id, None, PrintedPictures.FULL)
    assert [*map(code_of, refused.value.findings)] == ["pictures_too_large"]


def code_of(finding: Finding) -> str:
    return finding.rule.code
