"""Booklets of awarded cases: ordered and read by the office alone, after the publication."""

from app.models.enums import AwardStatus, CommendationStatus
from tests.scenarios.steps import done
from tests.world import World, key
from tests.world.commending import ENDS, commending, found, publicise, publish


async def test_only_the_office_orders_a_booklet_and_only_of_what_is_published(world: World) -> None:
    place = await commending(world, (1, 90.0), (2, 80.0))
    await place.award(0)
    href = f"{place.path}/booklet"
    assert (await place.by_office.post(href, json={}, headers=key())).status_code == 409
    assert (await place.by_office.get(href)).status_code == 404
    done(await publicise(place))
    world.database.clock.stopped_at = ENDS
    done(await publish(place))
    for client in (await place.everybody_else()).values():
        answers = [
            await client.post(href, json={}, headers=key()),
            *[await client.get(each) for each in (href, f"{href}/content")],
        ]
        assert [each.status_code for each in answers] == [403, 403, 403]
    assert (await world.client().get(href)).status_code == 401
    told = done(await place.by_office.post(href, headers=key()))
    assert [told[name] for name in ("status", "pictures", "case_count", "formats", "is_current")] == (
        ["binding", "filed", 1, [], False]
    )
    assert found(await place.by_office.get(f"{href}/content")) == [("not_bound", None)]
    assert "order_booklet" in (await place.by_office.get(place.path)).json()["actions"]


async def test_there_is_no_booklet_of_a_commendation_without_a_case(world: World) -> None:
    place = await commending(world, (1, 90.0))
    await place.award(0)
    await place.stands(CommendationStatus.PUBLISHED, AwardStatus.REVOKED)
    answer = await place.by_office.post(f"{place.path}/booklet", json={}, headers=key())
    assert (answer.status_code, found(answer)) == (409, [("no_cases", "/awards")])
