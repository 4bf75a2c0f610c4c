"""An open round with everybody who might look at it, and what others do in it that none of them may learn."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from app.models import Account, Application, VersionAttachment, VersionImage
from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.scenarios.steps import done, id_of, read
from tests.world import World, key
from tests.world.attachments import MEDIA
from tests.world.files import stored
from tests.world.judging import Judging, judging
from tests.world.uploads import photo, scan

OURS, THEIRS, LOST = range(3)
"""The case that everybody here has to do with; one that only others have; one whose judge was recused."""
WHY = {"reason": "经研究决定。"}


@dataclass
class ObservedRound:
    """Those who look, by what they are; two colleagues who do what the others must not learn."""

    judged: Judging
    colleagues: list[Account]
    clients: list[ContractClient]
    eyes: dict[str, ContractClient]
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.judged.world

    @property
    def round(self) -> str:
        return f"/api/v1/rounds/{self.judged.round.id}"

    def case(self, number: int) -> Application:
        return self.judged.cases[number]

    async def office(self, address: str, body: Any = None) -> Any:
        """Answer to an act of the office."""
        answer = await self.judged.by_office.post(address, json=body, headers=key())
        assert answer.is_success, answer.text
        return answer.json()

    async def assign(self, *pairs: tuple[int, Account]) -> None:
        wanted = [{"application_id": str(self.case(case).id), "reviewer_id": str(judge.id)} for case, judge in pairs]
        await self.office(f"{self.round}/assignments", {"assignments": wanted})


async def observed_round(world: World, **round_: Any) -> ObservedRound:
    """One judge has begun a review and one has handed theirs in, both of our case; one was recused after theirs."""
    campaign = await world.campaign(attachments=[MEDIA])
    judged = await judging(world, judges=4, campaign=campaign, reviews_wanted=1, **round_)
    await judged.judge(member=False)
    for _ in (OURS, THEIRS, LOST):
        await attached_case(judged)
    begins, ends, lost, *colleagues, _ = judged.judges
    colleagues.append(await judged.judge())
    by_lost = judged.by_judge[2]
    await judged.review(await judged.assign(judged.cases[OURS], begins), 70, submitted=False)
    await judged.scored(judged.cases[OURS], ends, 80)
    await judged.scored(judged.cases[LOST], lost, 60)
    unit, committee = judged.units[OURS], judged.committees[OURS]
    eyes = {
        "judge": judged.by_judge[0],
        "judge who is done": judged.by_judge[1],
        "judge in conflict": by_lost,
        "judge elsewhere": judged.by_judge[4],
        "unit": await world.client_of(Role.UNIT, unit=unit),
        "committee": await world.client_of(Role.COMMITTEE, committee=committee),
        "other unit": await world.client_of(Role.UNIT, unit=judged.units[THEIRS]),
        "municipal": await world.client_of(Role.MUNICIPAL),
        "public": world.client(),
    }
    made = ObservedRound(judged, colleagues, [judged.by_judge[3], judged.by_judge[5]], eyes)
    (seen,) = (await read(by_lost, "/api/v1/cases"))["items"]
    recusal = WHY | {"reviewer_id": str(lost.id), "application_id": str(judged.cases[LOST].id)}
    made.ids = {
        "lost_case_id": seen["id"],
        "recusal_id": (await made.office("/api/v1/recusals", recusal))["id"],
        "round_id": str(judged.round.id),
        "slot": "1",
        "place": "1",
    }
    return made


async def pictured(world: World, case: Application) -> None:
    """One picture in what was filed, its bytes stored."""
    files = [await stored(world, photo(number)) for number in range(2)]
    picture = {"image_id": uuid4(), "file_id": files[0].id, "thumbnail_id": files[1].id}
    await world.add(VersionImage(version_id=case.filed_version_id, slot=1, **picture))


async def attached_case(judged: Judging, *, entered: bool = True) -> Application:
    """One more case with a picture and a supporting document in what was filed, their bytes stored."""
    file = await stored(judged.world, scan(300), "application/pdf")
    named = {"id": str(uuid4()), "kind": MEDIA["code"], "title": "报道"}
    figures = {"media_type": file.media_type, "sha256": file.sha256, "size": file.size}
    case = await judged.case(entered=entered, attachments=[named | figures])
    kept = {"attachment_id": UUID(named["id"]), "file_id": file.id}
    await judged.world.add(VersionAttachment(version_id=case.filed_version_id, place=1, **kept))
    await pictured(judged.world, case)
    return case


async def they_judge(place: ObservedRound, score: int) -> dict[str, str]:
    """Two others are given all cases and score them; one gives a case back; a distribution is proposed and applied."""
    first, second = place.colleagues
    await place.assign((OURS, first), (THEIRS, first), (LOST, first), (OURS, second), (LOST, second))
    for client in place.clients:
        for case in (await read(client, "/api/v1/cases"))["items"]:
            await scored(client, case["id"], score)
    listed = (await read(place.judged.by_office, f"{place.round}/reviews"))["items"]
    (theirs,) = (each for each in listed if each["application_id"] == str(place.case(THEIRS).id))
    (case,) = [each for each in (await read(place.clients[0], "/api/v1/cases"))["items"] if each["case_number"] == 2]
    (given, *_) = (await read(place.judged.by_office, f"{place.round}/assignments"))["items"]
    proposal = await place.office(f"{place.round}/proposals", {"kind": "full"})
    await place.office(f"/api/v1/proposals/{proposal['id']}/application", {})
    await place.office(f"/api/v1/reviews/{listed[-1]['id']}/reopening", WHY)
    return {
        "application_id": str(place.case(THEIRS).id),
        "account_id": str(first.id),
        "assignment_id": given["id"],
        "review_id": theirs["id"],
        "case_id": case["id"],
        "proposal_id": proposal["id"],
    }


async def scored(client: ContractClient, case_id: str, score: int) -> None:
    codes = ("influence", "participation", "reference_value", "innovation")
    sheet = [{"code": code, "score": score, "remark": f"评语{score}"} for code in codes]
    href = f"/api/v1/cases/{case_id}/review"
    body = {"scores": sheet, "remark": f"总评{score}"}
    done(await client.put(href, json=body, headers={"If-Match": '"0"'}))
    done(await client.post(f"{href}/submission", headers=key()))


async def the_office_chooses(place: ObservedRound, *cases: int) -> dict[str, str]:
    """A draft of a commendation with an award for each of these cases and one for a committee."""
    body = {"campaign_id": str(place.judged.campaign.id), "title": "关于表彰优秀案例的通报"}
    commendation = await place.office("/api/v1/commendations", body)
    awards = f"/api/v1/commendations/{commendation['id']}/awards"
    chosen = {"application_ids": [str(place.case(case).id) for case in cases]}
    added = await place.office(awards, {"basis": "by_hand", "kind": "excellent_case"} | WHY | chosen)
    committee = {"committee_ids": [str(place.judged.committees[cases[0]].id)]}
    await place.office(awards, {"basis": "by_hand", "kind": "advanced_committee"} | WHY | committee)
    for award in added["added"]:
        wording = {"public_summary": "绝密简介", "pictures": [1]}
        href = f"/api/v1/awards/{award}"
        done(await place.judged.by_office.patch(href, json=wording, headers={"If-Match": "*"}))
    return {"commendation_id": commendation["id"], "award_id": added["added"][0]}


async def somebody_objects(place: ObservedRound, ids: dict[str, str]) -> dict[str, str]:
    """The draft is publicised, and a letter has come."""
    await place.office(f"/api/v1/commendations/{ids['commendation_id']}/publicity")
    body = {"award_id": ids["award_id"], "text": "受益人数与实际不符。", "on_behalf_of": "居民张某"}
    objection = await place.office(f"/api/v1/commendations/{ids['commendation_id']}/objections", body)
    return {"objection_id": id_of(f"/{objection['id']}")}
