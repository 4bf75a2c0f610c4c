import pytest

from tests.world import World
from tests.world.filing import district


async def test_anybody_can_compare_a_receipt_and_learns_nothing_of_the_cases(world: World) -> None:
    place = await district(world)
    receipt = (await place.file(await place.sealed(), await place.sealed())).json()
    answer = await world.client().get(f"/api/v1/public/receipts/{receipt['verification_code']}")
    told = ("number", "campaign_name", "committee_name", "size", "filed_at")
    printed = {name: receipt[name] for name in told} | {"short_digest": receipt["digest"][:16]}
    assert answer.json() == {"genuine": True, **printed}
    assert answer.headers["cache-control"] == "private, no-store"
    typed = receipt["verification_code"].lower().replace("-", " ")
    assert (await world.client().get(f"/api/v1/public/receipts/{typed}")).json() == answer.json()


async def test_a_receipt_stays_genuine_when_its_committee_is_renamed(world: World) -> None:
    place = await district(world)
    receipt = (await place.file(await place.sealed(), await place.sealed())).json()
    href, renamed = f"/api/v1/committees/{place.committee.id}", {"name": "改名的党工委"}
    assert (await place.by_office.patch(href, json=renamed, headers={"If-Match": "*"})).status_code == 200
    answer = await world.client().get(f"/api/v1/public/receipts/{receipt['verification_code']}")
    assert answer.json()["committee_name"] == receipt["committee_name"]


async def test_a_code_nobody_was_given_is_not_found_and_not_kept(world: World) -> None:
    answer = await world.client().get("/api/v1/public/receipts/7K4M-Q2XA-9TCE-H5WP")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("7K4M", 422),
        ("7k4m-q2xa-9tce-h5wo", 422),
        ("7K4M-Q2XA-9TCE-H5W0", 422),
        ("%00", 400),
        ("7K4M-Q2XA-9TCE-H5WP%0A", 400),
    ],
)
async def test_what_cannot_be_a_code_is_refused(world: World, code: str, status: int) -> None:
    assert (await world.client().get(f"/api/v1/public/receipts/{code}")).status_code == status
