"""Two sides' sets of nominations, compared by our rows."""

from uuid import UUID, uuid4

from app.models import Nomination
from app.models.enums import NominationStatus
from app.services import jobs
from app.services.handover import manifests
from app.services.handover.manifests import HeldNomination, HeldNominations
from tests.world import World
from tests.world.handover import nominating


async def test_a_withdrawn_nomination_is_superseded_where_it_is_held_and_missing_nowhere(world: World) -> None:
    place = await nominating(world, 2)
    standing, withdrawn = [UUID((await place.nominated(case))["id"]) for case in range(2)]
    async with world.database.transaction() as session:
        (await session.get_one(Nomination, withdrawn)).status = NominationStatus.WITHDRAWN
    async with world.viewing(jobs.SYSTEM) as view:
        ours = await manifests.read(view, place.campaign.id)
        held = [HeldNomination(nomination_id=row.nomination_id, revision=1, digest=row.digest) for row in ours.rows]
        everything = await manifests.compare(view, place.campaign.id, HeldNominations(entries=held))
        nothing = await manifests.compare(view, place.campaign.id, HeldNominations(entries=[]))
    assert (everything.agrees, everything.superseded) == (True, [withdrawn])
    assert (nothing.agrees, nothing.missing) == (False, [standing])


async def test_the_digest_of_the_set_changes_with_every_entry(world: World) -> None:
    place = await nominating(world, 2)
    digests = set()
    for case in range(2):
        await place.nominated(case)
        async with world.viewing(jobs.SYSTEM) as view:
            digests.add((await manifests.read(view, place.campaign.id)).digest)
    async with world.viewing(jobs.SYSTEM) as view:
        stranger = HeldNomination(nomination_id=uuid4(), revision=1, digest="0" * 64)
        compared = await manifests.compare(view, place.campaign.id, HeldNominations(entries=[stranger]))
    assert len(digests) == 2
    assert compared.unknown == [stranger.nomination_id]
