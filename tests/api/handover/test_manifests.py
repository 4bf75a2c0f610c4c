import hashlib
from typing import Any
from uuid import UUID, uuid4

from app.models.enums import CampaignStatus
from app.services.history import canonical
from tests.world import World, key
from tests.world.handover import NOMINATIONS, Nominating, nominating

AGREED: dict[str, Any] = {"agrees": True, "missing": [], "unknown": [], "different": [], "superseded": []}


async def held(place: Nominating) -> list[dict[str, Any]]:
    """Entries of a receiving system that fetched everything and computed every digest itself."""
    entries = []
    for row in (await place.by_municipal.get(NOMINATIONS)).json()["items"]:
        content = (await place.by_municipal.get(f"{NOMINATIONS}/{row['id']}/payload")).content
        digest = hashlib.sha256(content).hexdigest()
        entries.append({"nomination_id": row["id"], "revision": row["revision"], "digest": digest})
    return entries


async def compared(place: Nominating, entries: list[dict[str, Any]]) -> dict[str, Any]:
    answer = await place.by_municipal.post(f"{place.manifest}/comparison", json={"entries": entries})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_other_side_takes_the_digest_of_the_set_itself(world: World) -> None:
    place = await nominating(world, 2)
    made = [await place.nominated(case) for case in range(2)]
    await place.answer(made[0], "accepted")
    manifest = (await place.by_municipal.get(place.manifest)).json()
    assert (await place.by_office.get(place.manifest)).json() == manifest
    assert [(row["nomination_id"], row["status"]) for row in manifest["entries"]] == [
        (made[0]["id"], "accepted"),
        (made[1]["id"], "prepared"),
    ]
    assert manifest["count"] == 2
    entries = sorted(await held(place), key=lambda entry: str(entry["nomination_id"]))
    digested = [[entry["nomination_id"], entry["revision"], entry["digest"]] for entry in entries]
    assert manifest["digest"] == hashlib.sha256(canonical(digested)).hexdigest()


async def test_what_is_missing_unknown_or_different_is_named(world: World) -> None:
    place = await nominating(world, 3)
    made = [await place.nominated(case) for case in range(3)]
    entries = await held(place)
    assert await compared(place, entries) == AGREED
    stranger = entries[0] | {"nomination_id": str(uuid4())}
    found = await compared(place, [entries[1], entries[2] | {"digest": "0" * 64}, stranger])
    assert found == {
        "agrees": False,
        "missing": [made[0]["id"]],
        "unknown": [stranger["nomination_id"]],
        "different": [made[2]["id"]],
        "superseded": [],
    }
    assert (await compared(place, []))["missing"] == [each["id"] for each in made]


async def test_what_was_replaced_or_withdrawn_may_be_held_or_not(world: World) -> None:
    place = await nominating(world, 2)
    first, taken_back = await place.nominated(0), await place.nominated(1)
    await place.answer(first, "returned")
    again = {"position": 1, "reason": "已更正。", "despite_unchanged": True}
    await place.by_office.post(f"{NOMINATIONS}/{first['id']}/revision", json=again, headers=key())
    entries = await held(place)
    await place.by_office.post(f"{NOMINATIONS}/{taken_back['id']}/withdrawal", json={"reason": "撤回"})
    over = [first["id"], taken_back["id"]]
    assert await compared(place, entries) == AGREED | {"superseded": over}
    assert await compared(place, [entry for entry in entries if entry["nomination_id"] not in over]) == AGREED


async def test_a_campaign_without_nominations_has_an_empty_manifest(world: World) -> None:
    place = await nominating(world, 0)
    manifest = (await place.by_municipal.get(place.manifest)).json()
    assert (manifest["count"], manifest["digest"]) == (0, hashlib.sha256(b"[]").hexdigest())
    assert await compared(place, []) == AGREED
    draft = await world.campaign(status=CampaignStatus.DRAFT)
    for unknown in (UUID(int=1), draft.id):
        for path in (f"/api/v1/nomination-manifests/{unknown}", f"/api/v1/campaigns/{unknown}/nomination-package"):
            assert (await place.by_municipal.get(path)).status_code == 404


async def test_a_set_names_each_nomination_once(world: World) -> None:
    place = await nominating(world, 0)
    entry = {"nomination_id": str(uuid4()), "revision": 1, "digest": "0" * 64}
    for entries in ([entry, entry | {"revision": 2}], [entry | {"revision": 0}], [entry | {"digest": "x"}]):
        answer = await place.by_municipal.post(f"{place.manifest}/comparison", json={"entries": entries})
        assert answer.status_code == 422
