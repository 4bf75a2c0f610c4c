from sqlalchemy import select

from app.models import Identity
from app.models.enums import Role
from tests.world.factors import with_totp
from tests.world.people import PASSWORD, enter, person
from tests.world.sign_ons import Town


async def test_whoever_lost_everything_is_bound_no_more(town: Town) -> None:
    """A reset after a lost device leaves the password alone: whoever has the device may be signed in there."""
    account = await person(town.world, Role.REVIEWER)
    client, _ = await with_totp(town.world, account)
    assert (await town.bind(client, "li")).status_code == 201
    office, second = [await enter(town.world, await person(town.world)) for _ in range(2)]
    about = f"/api/v1/accounts/{account.id}"
    issued = await office.post(f"{about}/factor-reset", json={"reason": "手机丢失"})
    assert issued.status_code == 200, issued.text
    assert (await second.post(f"{about}/code-confirmation")).status_code == 200
    chosen = {"code": issued.json()["activation_code"], "password": PASSWORD + " 又一句"}
    activated = await town.world.client().post("/api/v1/activations", json=chosen)
    assert activated.status_code == 200, activated.text
    async with town.world.database.transaction() as session:
        assert (await session.scalars(select(Identity))).all() == []
