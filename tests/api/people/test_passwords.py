from typing import Any

from app.models.enums import Role
from app.services.people import invitations
from tests.contract.client import ContractClient
from tests.world import World
from tests.world.people import ANOTHER, PASSWORD, attempt, codes, enter, person

ACTIVATIONS = "/api/v1/activations"
OWN = "/api/v1/account/password"


async def invited(office: ContractClient, **values: str) -> dict[str, Any]:
    body = {"username": "longhua.li", "name": "李文博", "phone": "13803151234", "role": "reviewer"} | values
    answer: dict[str, Any] = (await office.post("/api/v1/accounts", json=body)).json()
    return answer


async def test_an_invited_person_sets_a_password_and_signs_in(world: World) -> None:
    account = await invited(await world.client_of(Role.OFFICE))
    code = account["activation_code"]
    assert (await attempt(world.client(), "longhua.li", code)).status_code == 401
    typed = code.lower().replace("-", " ")
    activated = await world.client().post(ACTIVATIONS, json={"code": typed, "password": PASSWORD})
    assert activated.json() == {"username": "longhua.li", "name": "李文博", "role": "reviewer"}
    opened = (await attempt(world.client(), "longhua.li")).json()
    assert (opened["account"]["status"], opened["account"]["activation_expires_at"]) == ("active", None)

    again = await world.client().post(ACTIVATIONS, json={"code": code, "password": ANOTHER})
    assert codes(again) == [("unknown_code", "/code")]


async def test_a_weak_password_is_refused_with_all_reasons_and_the_code_still_works(world: World) -> None:
    code = (await invited(await world.client_of(Role.OFFICE)))["activation_code"]
    tried = {
        "longhua.li": ["password_too_short", "password_contains_username", "password_guessable"],
        "13803151234!": ["password_guessable"],
        "password1234": ["password_guessable"],
    }
    for password, found in tried.items():
        refused = await world.client().post(ACTIVATIONS, json={"code": code, "password": password})
        assert codes(refused) == [(each, "/password") for each in found]
    blank = await world.client().post(ACTIVATIONS, json={"code": code, "password": " " * 129})
    assert (blank.status_code, blank.json()["errors"][0]["code"]) == (422, "string_too_long")
    for _ in range(6):  # a right code is no guess: the weak passwords close nothing
        await world.client().post(ACTIVATIONS, json={"code": code, "password": "short"})
    assert (await world.client().post(ACTIVATIONS, json={"code": code, "password": PASSWORD})).status_code == 200


async def test_a_password_of_the_person_s_and_the_place_s_words_is_refused(world: World) -> None:
    unit = await world.unit(await world.committee())
    account = await person(world, Role.UNIT, unit=unit)
    client = await enter(world, account)
    own = f"{account.name}{unit.name}2015"
    for guess in ("woaini5201314", "Tangshan@2015", "lubei-wenming-2015", f"{own}0315-3724062"):
        refused = await client.put(OWN, json={"current_password": PASSWORD, "new_password": guess})
        assert codes(refused) == [("password_of_known_words", "/new_password")], guess


async def test_a_password_is_taken_as_it_is_typed(world: World) -> None:
    code = (await invited(await world.client_of(Role.OFFICE)))["activation_code"]
    await world.client().post(ACTIVATIONS, json={"code": code, "password": f" {PASSWORD} "})
    assert (await attempt(world.client(), "longhua.li")).status_code == 401
    assert (await attempt(world.client(), "longhua.li", f" {PASSWORD} ")).status_code == 201


async def test_a_new_code_voids_the_one_before_and_resets_a_forgotten_password(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    account = await person(world, Role.REVIEWER)
    client = await enter(world, account)
    address = f"/api/v1/accounts/{account.id}/invitation"
    first, second = [(await office.post(address)).json()["activation_code"] for _ in range(2)]
    assert (await client.get("/api/v1/account")).status_code == 200

    void = await world.client().post(ACTIVATIONS, json={"code": first, "password": ANOTHER})
    assert codes(void) == [("unknown_code", "/code")]
    await (await world.client_of(Role.OFFICE)).post(f"/api/v1/accounts/{account.id}/code-confirmation")
    assert (await world.client().post(ACTIVATIONS, json={"code": second, "password": ANOTHER})).status_code == 200
    assert (await client.get("/api/v1/account")).status_code == 401
    assert (await attempt(world.client(), account.username)).status_code == 401
    await enter(world, account, ANOTHER)


async def test_the_old_password_is_asked_for_and_cannot_be_guessed_with_a_stolen_session(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    client = await enter(world, account)
    wrong = await client.put(OWN, json={"current_password": "wrong", "new_password": "password1234"})
    assert codes(wrong) == [("wrong_password", "/current_password"), ("password_guessable", "/new_password")]
    same = await client.put(OWN, json={"current_password": PASSWORD, "new_password": PASSWORD})
    assert codes(same) == [("password_unchanged", "/new_password")]
    for guess in range(5):
        await client.put(OWN, json={"current_password": f"guess {guess}", "new_password": ANOTHER})
    assert (await client.put(OWN, json={"current_password": PASSWORD, "new_password": ANOTHER})).status_code == 429
    assert (await attempt(world.client(), account.username)).status_code == 201


async def test_the_host_invites_the_first_office_account_and_recovers_a_lost_one(world: World) -> None:
    code = await invitations.invite_first_office(world.database, "Office", "区文明办管理员")
    assert (await world.client().post(ACTIVATIONS, json={"code": code, "password": PASSWORD})).status_code == 200
    opened = (await attempt(world.client(), "office")).json()
    assert opened["account"]["role"] == "office"

    client = world.client(Authorization=f"Bearer {opened['token']}")
    other = await world.account(Role.OFFICE)
    await client.post(f"/api/v1/accounts/{opened['account']['id']}/suspension")
    assert (await (await world.sign_in(other)).get("/api/v1/account")).status_code == 200
    code = await invitations.invite_first_office(world.database, "office", "区文明办管理员")
    assert (await world.client().post(ACTIVATIONS, json={"code": code, "password": ANOTHER})).status_code == 200
    assert (await attempt(world.client(), "office", ANOTHER)).status_code == 201
