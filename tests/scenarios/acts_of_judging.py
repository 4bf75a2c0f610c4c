"""Every act from a round to a revoked award, each with something to be done to; for the test of traces."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from httpx2 import Response

from app.models import Account, Identity
from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.scenarios.observed_round import attached_case
from tests.scenarios.steps import done, id_of, read
from tests.world import NOW, World, key
from tests.world.attachments import MEDIA
from tests.world.booklets import bind
from tests.world.figures import evidence, send_figures, table, voted
from tests.world.figures import of as votes_of
from tests.world.judging import Judging, judging
from tests.world.lists import as_csv
from tests.world.uploads import scan

WHY = {"reason": "经研究决定。"}
RANGE = [(0, 0), (1, 0), (0, 1), (1, 1)]
"""Which case goes to which judge."""


@dataclass
class Stage:
    """A campaign with accepted cases and judges; what the acts make, by address."""

    judged: Judging
    newcomer: Account
    by_unit: ContractClient
    at: dict[str, str] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.judged.world

    async def post(self, address: str, body: Any = None, by: ContractClient | None = None) -> Response:
        return await (by or self.judged.by_office).post(address, json=body, headers=key())

    async def make(self, name: str, address: str, body: Any, by: ContractClient | None = None) -> Response:
        """Something new, to be found again under this name."""
        answer = await self.post(address, body, by)
        self.at[name] = answer.headers.get("location", "")
        return answer

    async def act(self, name: str, noun: str, body: Any = None) -> Response:
        return await self.post(f"{self.at[name]}/{noun}", body)

    async def change(self, method: str, name: str, noun: str = "", body: Any = None) -> Response:
        """With the ETag of what stands there now."""
        office = self.judged.by_office
        etag = {"If-Match": (await read(office, self.at[name]))["etag"]}
        return await office.request(method, self.at[name] + noun, json=body, headers=etag)

    def ids(self, cases: Sequence[int]) -> dict[str, Any]:
        return {"application_ids": [str(self.judged.cases[case].id) for case in cases]}

    async def register(self) -> Response:
        profile = {"organisation": "唐山师范学院", "maximum_load": 10}
        href = f"/api/v1/reviewers/{self.newcomer.id}"
        return await self.judged.by_office.put(href, json=profile, headers={"If-Match": "*"})

    async def set_up(self, name: str) -> Response:
        body = {
            "campaign_id": str(self.judged.campaign.id),
            "name": name,
            "intake": "selected",
            "reviews_wanted": 2,
            "method": "mean",
            "opens_at": NOW.isoformat(),
            "closes_at": (NOW + timedelta(days=7)).isoformat(),
        }
        return await self.make(name, "/api/v1/rounds", body)

    async def seat(self) -> Response:
        judges = [str(judge.id) for judge in self.judged.judges]
        return await self.change("PUT", "round", "/panel", {"reviewer_ids": judges})

    async def assign(self) -> Response:
        """Four at once."""
        cases, judges = self.judged.cases, self.judged.judges
        pairs = [{"application_id": str(cases[case].id), "reviewer_id": str(judges[judge].id)} for case, judge in RANGE]
        return await self.act("round", "assignments", {"assignments": pairs})

    async def withdraw(self) -> Response:
        """Two at once; the first judge keeps the first case, the second judge too."""
        listed = (await read(self.judged.by_office, f"{self.at['round']}/assignments"))["items"]
        two = [each["id"] for each in listed if each["application_id"] == str(self.judged.cases[1].id)]
        return await self.act("round", "assignment-withdrawals", WHY | {"assignment_ids": two})

    async def dismiss(self) -> Response:
        """A judge who was given a case turns out to be of its committee."""
        judge, committee = self.judged.judges[0], self.judged.committees[0]
        profile = {"organisation": "唐山师范学院", "maximum_load": 10, "committee_id": str(committee.id)}
        href = f"/api/v1/reviewers/{judge.id}"
        done(await self.judged.by_office.put(href, json=profile, headers={"If-Match": "*"}))
        (found,) = (await read(self.judged.by_office, f"{self.at['round']}/assignments?in_conflict=true"))["items"]
        return await self.act(
            "round", "conflict-dismissals", WHY | {"assignment_ids": [found["id"]], "conflict": found["conflict"]}
        )

    async def case_of(self, judge: int) -> str:
        own = (await read(self.judged.by_judge[judge], "/api/v1/cases"))["items"]
        return f"/api/v1/cases/{own[0]['id']}"

    async def save(self) -> Response:
        judge = self.judged.by_judge[0]
        scores = [{"code": each["code"], "score": 90} for each in self.judged.round.criteria]
        headers = {"If-Match": '"0"'}
        return await judge.put(f"{await self.case_of(0)}/review", json={"scores": scores}, headers=headers)

    async def submit(self) -> Response:
        return await self.post(f"{await self.case_of(0)}/review/submission", by=self.judged.by_judge[0])

    async def reopen(self) -> Response:
        review = (await read(self.judged.by_office, f"{self.at['round']}/reviews"))["items"][0]["id"]
        return await self.post(f"/api/v1/reviews/{review}/reopening", WHY)

    async def live(self) -> str:
        """A live round with its one case, given to a judge whose sheet there is."""
        done(await self.set_up("live"), 201)
        done(await self.change("PATCH", "live", body={"kind": "live", "blind": False, "reviews_wanted": 1}))
        done(await self.act("live", "entries", self.ids([0])))
        judge = str(self.judged.judges[2].id)
        done(await self.change("PUT", "live", "/panel", {"reviewer_ids": [judge]}))
        done(await self.act("live", "opening"))
        pair = {"application_id": str(self.judged.cases[0].id), "reviewer_id": judge}
        return str(done(await self.act("live", "assignments", {"assignments": [pair]}), 201)["assignments"][0]["id"])

    @property
    def scores(self) -> dict[str, Any]:
        return {"scores": [{"code": each["code"], "score": 90} for each in self.judged.round.criteria]}

    async def enter(self) -> Response:
        given = await self.live()
        answer = await self.post(f"{self.at['live']}/assignments/{given}/sheet", self.scores)
        self.at["sheet"] = f"/api/v1/reviews/{answer.json()['id']}"
        return answer

    async def store_scan(self) -> Response:
        """Store the scan of a sheet, and let its judge look at it."""
        files = {"file": ("评分表.pdf", scan(301), "application/pdf")}
        href = f"{self.at['sheet']}/scan"
        stored = await self.judged.by_office.put(href, files=files, headers={"If-Match": "*"})
        judge = self.judged.by_judge[2]
        case = (await read(judge, "/api/v1/cases"))["items"][-1]["id"]
        assert (await judge.get(f"/api/v1/cases/{case}/review/scan")).is_success
        return stored

    async def check(self) -> Response:
        second = await self.world.client_of(Role.OFFICE)
        return await self.post(f"{self.at['sheet']}/check", self.scores, second)

    async def count(self) -> Response:
        """Import the figures of a vote, with what proves them."""
        judged = self.judged
        proof = done(await evidence(judged.by_office, judged.campaign.id), 201)["id"]
        return await self.make(
            "figures", f"/api/v1/campaigns/{judged.campaign.id}/figure-tables", table(votes_of(judged, 3, 1), proof)
        )

    async def count_again(self, to: str = "") -> Response:
        """Replace the figures by those of a list, or only have it marked."""
        judged, replaced = self.judged, {"replaces": id_of(self.at["figures"]), "reason": "平台更正了统计结果。"}
        proof = done(await evidence(judged.by_office, judged.campaign.id, 71), 201)["id"]
        rows: list[list[Any]] = [["申报编号", "数值"], [judged.cases[0].number, 3], [judged.cases[1].number, 1]]
        sent = await send_figures(judged.by_office, judged.campaign.id, as_csv(rows), proof, to=to, **replaced)
        self.at |= {} if to else {"figures": sent.headers["location"]}
        return sent

    async def compose(self) -> Response:
        """Make one result of both rounds, once the second is closed, too."""
        done(await self.act("live", "closure", {"despite_missing": True}))
        rounds = {"paper": self.at["round"], "live": self.at["live"]}
        sources = [{"part": part, "round_id": id_of(address)} for part, address in rounds.items()]
        sources.append({"part": "poll", "figure_table_id": id_of(self.at["figures"])})
        path = f"/api/v1/campaigns/{self.judged.campaign.id}/composites"
        return await self.make("composite", path, {"code": "overall", "sources": sources})

    async def award(self, *cases: int, draft: str = "commendation") -> Response:
        body = {"basis": "by_hand", "kind": "excellent_case"} | WHY | self.ids(cases)
        answer = await self.act(draft, "awards", body)
        for number, award in enumerate(answer.json().get("added", [])):
            self.at[f"award {number}"] = f"/api/v1/awards/{award}"
        return answer

    async def publicise(self) -> Response:
        """Two of the awards are left; both can be read."""
        done(await self.change("PATCH", "award 1", body={"public_summary": "邻里互助。"}))
        return await self.act("commendation", "publicity")

    async def object(self) -> Response:
        body = {"award_id": id_of(self.at["award 0"]), "text": "受益人数与实际不符。"}
        return await self.make("objection", f"{self.at['commendation']}/objections", body, self.by_unit)

    async def publish(self) -> Response:
        """Publish after the end of the window."""
        self.world.database.clock.stopped_at = NOW + timedelta(days=30)
        return await self.act("commendation", "publication", {})

    async def order_booklet(self) -> Response:
        """Order the booklet, and have it bound."""
        answer = await self.act("commendation", "booklet", {"pictures": "public"})
        await bind(self.world, UUID(id_of(self.at["commendation"])))
        return answer

    async def draft(self, name: str) -> Response:
        body = {"campaign_id": str(self.judged.campaign.id), "title": "关于表彰优秀案例的通报"}
        return await self.make(name, "/api/v1/commendations", body)

    async def throw_away(self) -> Response:
        """A draft with an award in it."""
        done(await self.draft("another"), 201)
        done(await self.award(3, draft="another"))
        return await self.change("DELETE", "another")

    async def recuse(self, judge: int) -> Response:
        body = WHY | {"reviewer_id": str(self.judged.judges[judge].id), "unit_id": str(self.judged.units[2].id)}
        return await self.make("recusal", "/api/v1/recusals", body)

    async def set_up_and_delete(self) -> Response:
        done(await self.set_up("another round"), 201)
        return await self.change("DELETE", "another round")

    async def declare(self) -> Response:
        """A tie with the unit of a case that the judge was given."""
        body = WHY | {"organisation_name": self.judged.units[0].name}
        return await self.post("/api/v1/interests", body, self.judged.by_judge[0])

    async def abstain(self) -> Response:
        return await self.post(f"{await self.case_of(1)}/recusal", WHY | {"kind": "abstained"}, self.judged.by_judge[1])


Act = Callable[[Stage], Awaitable[Response]]
ACTS: dict[str, Act] = {
    "replaceReviewer": lambda s: s.register(),
    "createRound": lambda s: s.set_up("round"),
    "updateRound": lambda s: s.change("PATCH", "round", body={"name": "初评"}),
    "deleteRound": lambda s: s.set_up_and_delete(),
    "addEntries": lambda s: s.act("round", "entries", s.ids([0, 1, 2, 3])),
    "removeEntry": lambda s: s.change("DELETE", "round", f"/entries/{s.judged.cases[3].id}"),
    "replacePanel": lambda s: s.seat(),
    "openRound": lambda s: s.act("round", "opening"),
    "createAssignments": lambda s: s.assign(),
    "withdrawAssignments": lambda s: s.withdraw(),
    "dismissConflicts": lambda s: s.dismiss(),
    "createProposal": lambda s: s.make("proposal", f"{s.at['round']}/proposals", {"kind": "full"}),
    "applyProposal": lambda s: s.act("proposal", "application", {}),
    "undoProposal": lambda s: s.act("proposal", "reversal", WHY),
    "saveReview": lambda s: s.save(),
    "submitReview": lambda s: s.submit(),
    "reopenReview": lambda s: s.reopen(),
    "enterSheet": lambda s: s.enter(),
    "storeSheetScan": lambda s: s.store_scan(),
    "checkSheet": lambda s: s.check(),
    "declareInterest": lambda s: s.declare(),
    "createRecusal": lambda s: s.recuse(2),
    "liftRecusal": lambda s: s.act("recusal", "lifting", WHY),
    "recuseFromCase": lambda s: s.abstain(),
    "closeRound": lambda s: s.act("round", "closure", {"despite_missing": True}),
    "createFigureTable": lambda s: s.count(),
    "importFigureList": lambda s: s.count_again(),
    "markFigureList": lambda s: s.count_again("/marked-copy"),
    "createComposite": lambda s: s.compose(),
    "createCommendation": lambda s: s.draft("commendation"),
    "updateCommendation": lambda s: s.change("PATCH", "commendation", body={"preface": "现予通报表彰。"}),
    "deleteCommendation": lambda s: s.throw_away(),
    "proposeAwards": lambda s: s.award(0, 1, 2),
    "updateAward": lambda s: s.change("PATCH", "award 0", body={"public_summary": "邻里互助。", "pictures": [1]}),
    "deleteAward": lambda s: s.change("DELETE", "award 2"),
    "publiciseCommendation": lambda s: s.publicise(),
    "createObjection": lambda s: s.object(),
    "answerObjection": lambda s: s.act("objection", "answer", {"status": "rejected", "answer": "经核查属实。"}),
    "publishCommendation": lambda s: s.publish(),
    "orderBooklet": lambda s: s.order_booklet(),
    "revokeAward": lambda s: s.act("award 0", "revocation", WHY),
}


async def prepared(world: World) -> Stage:
    """Four accepted cases, three judges, and one who is not entered as a judge yet, and may sign on at a provider."""
    judged = await judging(world, campaign=await world.campaign(attachments=[MEDIA], **voted()))
    for _ in range(4):
        await attached_case(judged, entered=False)
    for _ in range(3):
        await judged.judge(member=False)
    newcomer = await world.account(Role.REVIEWER)
    known_as = {"issuer": "https://login.example.gov.cn", "subject": "248289761001"}
    await world.add(Identity(account_id=newcomer.id, created_at=NOW, **known_as))
    return Stage(judged, newcomer, await world.client_of(Role.UNIT, unit=judged.units[3]))
