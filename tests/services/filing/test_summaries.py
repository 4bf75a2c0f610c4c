import pytest

from app.printing.paper import Paper
from app.problems import RulesViolated
from app.services.filing import summaries
from app.services.policies.filing import summaries as policy
from tests.world import World, actor_of
from tests.world.filing import district


async def test_a_paper_has_no_more_cases_than_it_may_have(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    place = await district(world)
    await place.filed(2)
    async with world.viewing(actor_of(place.clerk)) as view:
        chosen = dict.fromkeys(summaries.FILTERS)
        sheet = await summaries.summary(view, place.campaign.id, **chosen)
        assert isinstance(sheet.paper, Paper)
        assert [len(table.rows) for table in sheet.paper.tables] == [3]
        monkeypatch.setattr(policy, "MOST_CASES", 1)
        with pytest.raises(RulesViolated) as refused:
            await summaries.summary(view, place.campaign.id, **chosen)
    [finding] = refused.value.findings
    assert (finding.rule.code, finding.params) == ("too_many_rows", {"maximum": 1})
