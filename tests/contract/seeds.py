"""Something of everything, own and others', for the fuzzer to name; never the fuzzer's own account."""

from datetime import timedelta

from app.models import Delivery, Objection
from app.models.enums import CampaignStatus, Role
from tests.scenarios import steps
from tests.scenarios.steps import done, id_of
from tests.world import NOW, World, key
from tests.world.attachments import add_attachment
from tests.world.commending import commending
from tests.world.composites import composing
from tests.world.figures import imported, sources, voted
from tests.world.filing import District, district
from tests.world.handover import nominating
from tests.world.judging import Judging
from tests.world.uploads import scan

Seeds = dict[str, list[str]]


async def filing_seeds(world: World, place: District) -> Seeds:
    campaign = place.campaign.id
    draft = await steps.begin(place.by_unit, campaign)
    submitted = await steps.submitted(place.by_unit, campaign)
    sealed = [await steps.sealed(place.by_unit, place.by_committee, campaign) for _ in range(3)]
    filing = done(await steps.file(place.by_committee, campaign, *sealed[:2]), 201)
    other = await district(world, place.campaign)
    foreign = await steps.begin(other.by_unit, campaign)
    picture = await steps.picture(place.by_unit, draft)
    await add_attachment(world, id_of(draft), scan(91))
    (attached,) = (await steps.read(place.by_unit, draft))["attachments"]
    stranger = await world.account(Role.UNIT, unit=place.unit)
    granted = {"campaign_id": str(campaign), "committee_id": str(place.committee.id), "deadline": "application"}
    granted |= {"due_on": "2015-09-18", "reason": "连日暴雨"}
    case = {"name": "道德讲堂", "unit_name": "翔云社区"}
    planned = {"campaign_id": str(campaign), "cases": [case]}
    plan = done(await place.by_committee.post("/api/v1/plans", json=planned), 201)
    extension = done(await place.by_office.post("/api/v1/extensions", json=granted), 201)
    looser = {"limit": "images_minimum", "value": 3, "reason": "仅有三幅留存"}
    exempted = {"campaign_id": str(campaign), "committee_id": str(place.committee.id)} | looser
    exemption = done(await place.by_office.post("/api/v1/exemptions", json=exempted), 201)
    notice = {"title": "征集活动", "year": 2015, "organizer": "路北区文明办"}
    programme = done(await place.by_office.post("/api/v1/programmes", json=notice), 201)
    won = {"year": 2013, "kind": "excellent_case", "award": "优秀案例", "unit_name": place.unit.name}
    done(await place.by_office.post("/api/v1/earlier-win-imports", json={"wins": [won]}))
    (earlier,) = (await steps.read(place.by_office, "/api/v1/earlier-wins"))["items"]
    exchange = {"application_id": id_of(sealed[0]), "replacement_id": id_of(sealed[2]), "reason": "报错一件"}
    swap = done(await place.by_committee.post("/api/v1/swaps", json=exchange, headers=key()), 201)
    files, about = {"file": ("a.pdf", scan(90), "application/pdf")}, {"kind": "priorities", "title": "工作要点"}
    href = f"/api/v1/campaigns/{campaign}/documents"
    document = done(await place.by_office.post(href, files=files, data=about | {"public": "true"}), 201)
    message = {"campaign_id": str(campaign), "title": "通知", "text": "请补报。", "audience": "all"}
    announcement = done(await place.by_office.post("/api/v1/announcements", json=message, headers=key()), 201)
    return {
        "announcement_id": [announcement["id"]],
        "document_id": [document["id"]],
        "application_id": [*map(id_of, [draft, submitted, *sealed, foreign])],
        "attachment_id": [attached["id"]],
        "image_id": [picture["id"]],
        "campaign_id": [str(campaign), str((await world.campaign(status=CampaignStatus.DRAFT)).id)],
        "committee_id": [str(place.committee.id), str(other.committee.id)],
        "unit_id": [str(place.unit.id), str(other.unit.id)],
        "account_id": [str(stranger.id)],
        "earlier_win_id": [earlier["id"]],
        "exemption_id": [exemption["id"]],
        "extension_id": [extension["id"]],
        "filing_id": [filing["id"]],
        "swap_id": [swap["id"]],
        "plan_id": [plan["id"]],
        "programme_id": [programme["id"]],
        "case_id": [plan["cases"][0]["id"]],
        "verification_code": [filing["verification_code"]],
    }


async def judging_seeds(jury: Judging) -> Seeds:
    """An open round with a review handed in, one not begun, a proposal and a recusal."""
    (first, second), judge = jury.cases, jury.judges[0]
    review = await jury.scored(first, judge, 80)
    await jury.assign(second, judge)
    path = f"/api/v1/rounds/{jury.round.id}/proposals"
    proposal = done(await jury.by_office.post(path, json={"kind": "full"}, headers=key()), 201)
    elsewhere = await jury.world.unit(await jury.world.committee())
    kept_away = {"reviewer_id": str(judge.id), "unit_id": str(elsewhere.id), "reason": "曾在该单位任职"}
    recusal = done(await jury.by_office.post("/api/v1/recusals", json=kept_away), 201)
    return {
        "round_id": [str(jury.round.id)],
        "review_id": [str(review.id)],
        "case_id": [each["id"] for each in (await jury.by_judge[0].get("/api/v1/cases")).json()["items"]],
        "proposal_id": [proposal["id"]],
        "recusal_id": [recusal["id"]],
    }


async def commending_seeds(world: World) -> Seeds:
    """A draft with an award, and an objection as it would be raised to it once it is public."""
    place = await commending(world, (1, 90.0), (2, 80.0))
    added = (await place.propose("count", count=1)).json()["added"]
    objection = Objection(
        commendation_id=place.commendation.id,
        award_id=added[0],
        text="数据与实际不符。",
        raised_by=place.clerk.id,
        raised_at=NOW,
    )
    await world.add(objection)
    composed = await composing(world, (90, 80), settings=voted())
    votes = (await imported(composed.paper, 1))["id"]
    result = done(await composed.compose(sources=sources(composed, votes)), 201)
    return {
        "figure_table_id": [votes],
        "composite_id": [result["id"]],
        "commendation_id": [str(place.commendation.id)],
        "award_id": added,
        "objection_id": [str(objection.id)],
    }


async def handover_seeds(world: World) -> Seeds:
    """A nomination on its way to an endpoint that is never asked."""
    place = await nominating(world)
    nomination = await place.nominated()
    secret = "whsec_" + "A" * 32
    endpoint = await world.endpoint(url="https://receiver.invalid/", description="市文明办", secret=secret)
    delivery = Delivery(
        endpoint_id=endpoint.id,
        nomination_id=nomination["id"],
        event=1,
        type="nomination.prepared",
        next_attempt_at=NOW + timedelta(days=1),
    )
    await world.add(delivery)
    return {
        "nomination_id": [nomination["id"]],
        "endpoint_id": [str(endpoint.id)],
        "delivery_id": [str(delivery.id)],
    }
