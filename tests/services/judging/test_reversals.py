from typing import Any

from tests.judging_world import Judging, judging
from tests.world import World, key


async def act(judged: Judging, path: str, body: Any = None) -> Any:
    answer = await judged.by_office.post(f"/api/v1/{path}", json=body, headers=key())
    assert answer.is_success, answer.text
    return answer.json()


async def assign(judged: Judging, *pairs: tuple[int, int]) -> None:
    wanted = [
        {"application_id": str(judged.cases[case].id), "reviewer_id": str(judged.judges[judge].id)}
        for case, judge in pairs
    ]
    await act(judged, f"rounds/{judged.round.id}/assignments", {"assignments": wanted})


async def test_nobody_is_given_back_more_cases_than_they_can_take(world: World) -> None:
    """One judge too many had the first case; whoever lost it was filled by hand before the distribution went back."""
    judged = await judging(world, cases=3, reviews_wanted=1)
    for _ in range(2):
        await judged.judge(maximum_load=2)
    await assign(judged, (0, 0), (0, 1))
    proposal = await act(judged, f"rounds/{judged.round.id}/proposals", {"kind": "full"})
    await act(judged, f"proposals/{proposal['id']}/application", {})
    (lost,) = proposal["withdrawn"]
    loser = [str(judge.id) for judge in judged.judges].index(lost["reviewer_id"])
    listed = await judged.by_office.get(
        f"/api/v1/rounds/{judged.round.id}/assignments?reviewer_id={lost['reviewer_id']}"
    )
    ids = [each["id"] for each in listed.json()["items"]]
    await act(judged, f"rounds/{judged.round.id}/assignment-withdrawals", {"assignment_ids": ids, "reason": "另行安排"})
    await assign(judged, (1, loser), (2, loser))
    undone = await act(judged, f"proposals/{proposal['id']}/reversal", {"reason": "重新分配"})
    assert undone["reversal"]["reinstated_count"] == 0
    assert [(each["finding"]["code"], each["reviewer_id"]) for each in undone["reversal"]["left_out"]] == [
        ("load_exceeded", lost["reviewer_id"])
    ]
    assert (await judged.by_judge[loser].get("/api/v1/cases")).json()["total"] == 2
