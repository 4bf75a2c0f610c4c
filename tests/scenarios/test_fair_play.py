"""Known faults of other systems: aliases, and results that moved after they were published."""

import re
from datetime import timedelta
from typing import Any

from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.scenarios.observed_round import (
    OURS,
    THEIRS,
    WHY,
    ObservedRound,
    observed_round,
    the_office_chooses,
    they_judge,
)
from tests.scenarios.steps import done, id_of, read, reasons, seen
from tests.world import NOW, World

ANY = {"If-Match": "*"}
PHONE = "0315-3724062"
NAME_NOW = re.compile(r'"(unit|committee)_name_now":"([^"]+)"')


async def test_no_judge_finds_out_whose_case_they_have_by_taking_on_a_phone(world: World) -> None:
    """An applicant's phone is on its website. If the office gives it to a judge, only the office learns it."""
    place = await observed_round(world)
    member = await world.account(Role.UNIT, unit=place.judged.units[OURS])
    judge, (account, *_) = place.eyes["judge"], place.judged.judges
    await changed(place, f"accounts/{member.id}", {"phone": PHONE})
    tried = await judge.patch("/api/v1/account", json={"phone": PHONE}, headers=ANY)
    assert reasons(tried) == [("phone_of_reviewer", "/phone")]
    assert (await read(judge, "/api/v1/cases"))["total"] == 1
    await changed(place, f"accounts/{account.id}", {"phone": PHONE})
    assert (await read(judge, "/api/v1/cases"))["total"] == 1
    (found,) = (await read(place.judged.by_office, f"{place.round}/assignments?in_conflict=true"))["items"]
    assert (found["reviewer_id"], found["conflict"]) == (str(account.id), "same_person")


async def test_a_clerk_who_is_an_applicants_person_too_acts_under_their_own_account(world: World) -> None:
    """The office reads everything; whatever a clerk does about a case is found again by whoever asks what they did."""
    place = await observed_round(world)
    ids = await they_judge(place, 90)
    clerk = await world.account(Role.OFFICE)
    member = await world.account(Role.UNIT, unit=place.judged.units[THEIRS])
    for account in (clerk, member):
        await changed(place, f"accounts/{account.id}", {"phone": PHONE})
    by_clerk = await world.sign_in(clerk)
    done(await by_clerk.post(f"/api/v1/reviews/{ids['review_id']}/reopening", json=WHY))
    traces = (await read(place.judged.by_office, f"/api/v1/audit-events?actor_id={clerk.id}"))["items"]
    assert [(each["action"], each["subject_id"], each["actor_id"]) for each in traces] == [
        ("review.reopened", ids["review_id"], str(clerk.id))
    ]


async def test_what_is_published_stays_as_it_is_whatever_changes_afterwards(world: World) -> None:
    """Names, judges, accounts and the campaign go their way; not a byte of the notice and of its ranking moves.

    Beside the names of then it says the names of now.
    """
    place = await observed_round(world)
    await they_judge(place, 90)
    await place.office(f"{place.round}/closure", {"despite_missing": True})
    ids = await the_office_chooses(place, OURS, THEIRS)
    notice = f"commendations/{ids['commendation_id']}"
    await place.office(f"/api/v1/{notice}/publicity")
    world.database.clock.stopped_at = NOW + timedelta(days=30)
    await place.office(f"/api/v1/{notice}/publication", {})
    before = await published(place, notice)
    await everything_goes_its_way(place)
    after = await published(place, notice)
    assert names_now(after) - names_now(before) == {("unit", "改名的社区"), ("committee", "改名的党工委")}
    assert of_then(after) == of_then(before)


async def everything_goes_its_way(place: ObservedRound) -> None:
    unit, committee = place.judged.units[OURS], place.judged.committees[OURS]
    judge = place.colleagues[0]
    await changed(place, f"units/{unit.id}", {"name": "改名的社区"})
    await changed(place, f"committees/{committee.id}", {"name": "改名的党工委"})
    await place.office(f"/api/v1/units/{unit.id}/retirement")
    await place.office(f"/api/v1/committees/{committee.id}/retirement")
    profile = {"organisation": "另一所学校", "maximum_load": 1, "unit_id": str(unit.id)}
    office = place.judged.by_office
    done(await office.put(f"/api/v1/reviewers/{judge.id}", json=profile, headers=ANY))
    recusal = WHY | {"reviewer_id": str(judge.id), "application_id": str(place.case(OURS).id)}
    await place.office("/api/v1/recusals", recusal)
    await place.office(f"/api/v1/accounts/{judge.id}/suspension")
    await the_campaigns_words_stand(office, f"/api/v1/campaigns/{place.judged.campaign.id}")
    await place.office(f"/api/v1/campaigns/{place.judged.campaign.id}/closure")


async def the_campaigns_words_stand(office: ContractClient, campaign: str) -> None:
    """Names of awards and categories are fixed; the rest of the settings is not, for a reason."""
    settings = (await read(office, campaign))["settings"]
    kinds = [kind | {"name": "别的奖"} for kind in settings["award_kinds"]]
    categories = [category | {"name": "别的类"} for category in settings["categories"]]
    words: dict[str, Any] = {
        "award_kinds": kinds,
        "categories": categories,
        "commendation": settings["commendation"] | {"wording": "别的说法"},
    }
    refused = await office.put(campaign, json=settings | words | WHY, headers=ANY)
    assert reasons(refused) == [
        ("words_made_public", "/award_kinds"),
        ("words_made_public", "/categories"),
        ("words_made_public", "/commendation/wording"),
    ]
    done(await office.put(campaign, json=settings | {"theme": "另一个主题"} | WHY, headers=ANY))


def names_now(answers: list[str]) -> set[tuple[str, str]]:
    return {found for each in answers for found in NAME_NOW.findall(each)}


def of_then(answers: list[str]) -> list[str]:
    """Leave out the names of now, and the digests that cover them."""
    return [re.sub(r'"(unit|committee)_name_now":(null|"[^"]+")|W/"[0-9a-f]{64}"', "", each) for each in answers]


async def published(place: ObservedRound, notice: str) -> list[str]:
    """The notice and its awards as anybody reads them, a certificate, and the ranking's digests."""
    anybody, office = place.world.client(), place.judged.by_office
    awards = (await read(office, f"/api/v1/awards?commendation_id={id_of(notice)}"))["items"]
    codes = sorted(award["verification_code"] for award in awards)
    hrefs = ["awards", notice, *(f"certificates/{code}" for code in codes)]
    answers = [await anybody.get(f"/api/v1/public/{href}") for href in hrefs]
    return [str(each) for each in (*map(seen, answers), await read(office, f"{place.round}/ranking/verification"))]


async def changed(place: ObservedRound, href: str, body: dict[str, str]) -> None:
    done(await place.judged.by_office.patch(f"/api/v1/{href}", json=body, headers=ANY))
