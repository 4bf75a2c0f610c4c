"""A town with eight accepted cases and six judges, each of whom must keep away from something for another reason."""

from dataclasses import dataclass, field
from typing import Any

from httpx2 import Response

from app.models.enums import Role
from tests.scenarios.steps import done, file, id_of, sealed
from tests.scenarios.town import Town
from tests.world import key

CASES = {
    "红马甲": "龙华社区",
    "邻里节": "龙华社区",
    "道德讲堂": "翔云社区",
    "书香楼道": "文化楼社区",
    "诚信红黑榜": "文化楼社区",
    "微笑窗口": "机场社区",
    "文明餐桌": "机场社区",
    "绿色出行": "机场社区",
}
COMMITTEE_OF = {"龙华社区": "QT", "翔云社区": "QT", "文化楼社区": "WH", "机场社区": "JC"}
PHONE = "138-3333-4444"
JUDGES: dict[str, dict[str, str]] = {
    "周敏": {"unit": "龙华社区"},
    "赵刚": {"committee": "WH"},
    "李静": {"phone": "+86 138 3333 4444"},
    "王磊": {},
    "陈红": {},
    "刘洋": {},
}
"""Of a unit; of a committee; with an account there, too. The other three are kept away by what is said later."""


@dataclass
class TownWithJudges(Town):
    """Everybody of the town, the cases by their names, and what is made of them, by address."""

    cases: dict[str, str] = field(default_factory=dict)
    planned: dict[str, str] = field(default_factory=dict)
    hrefs: dict[str, str] = field(default_factory=dict)

    async def act(self, name: str, path: str, /, **body: Any) -> Response:
        """Do an act as this person, once."""
        return await (await self.by(name)).post(f"/api/v1/{path}", json=body, headers=key())

    async def office(self, path: str, /, **body: Any) -> Any:
        """Answer to an act of the office."""
        answer = await self.act("office", path, **body)
        assert answer.is_success, answer.text
        return answer.json()

    async def change(self, method: str, path: str, body: Any) -> Any:
        client = await self.by("office")
        return done(await client.request(method, f"/api/v1/{path}", json=body, headers={"If-Match": "*"}))

    async def register_and_apply(self) -> None:
        """A third committee beside the town's two; plans of two of them, the third's never comes; eight cases filed."""
        await self.at(4, 20, 9, 0)
        await self.settle()
        body = {"code": "JC", "name": "机场路街道党工委", "kind": "township_subdistrict"}
        self.ids["JC"] = done(await self.post("office", "committees", **body), 201)["id"]
        await self.invite("office", "JC", Role.COMMITTEE, committee_id=self.ids["JC"])
        unit = {"name": "机场社区", "honour_level": "district"}
        self.ids["机场社区"] = done(await self.post("JC", "units", **unit), 201)["id"]
        await self.invite("JC", "机场社区", Role.UNIT, unit_id=self.ids["机场社区"], phone=PHONE)
        draft = done(await self.post("office", "campaigns", template="lubei-2015", year=2015), 201)
        self.campaign = draft["id"]
        await self.office(f"campaigns/{self.campaign}/publication")
        for code in ("QT", "WH"):
            await self.plan(code)
        await self.at(9, 14, 20, 0)
        for code in ("QT", "WH", "JC"):
            await self.file(code)
        await self.at(9, 15, 9, 0)
        accepted = await self.office("checks", decision="accept", application_ids=list(self.cases.values()))
        assert all(item["done"] for item in accepted["items"])

    async def plan(self, code: str) -> None:
        planned = [{"name": case, "unit_name": unit} for case, unit in CASES.items() if COMMITTEE_OF[unit] == code]
        made = done(await self.post(code, "plans", campaign_id=self.campaign, cases=planned), 201)
        done(await self.act(code, f"plans/{made['id']}/submission"))
        self.planned |= {case["name"]: f"plans/{made['id']}/cases/{case['id']}" for case in made["cases"]}

    async def keep_promises(self, code: str) -> None:
        """Link the cases of the committee's plan with what was filed of them."""
        for case in self.planned.keys() & {case for case, unit in CASES.items() if COMMITTEE_OF[unit] == code}:
            body, client = {"application_id": self.cases[case]}, await self.by(code)
            address = f"/api/v1/{self.planned[case]}/application"
            done(await client.put(address, json=body, headers={"If-Match": "*"}))

    async def file(self, code: str) -> None:
        own = {case: unit for case, unit in CASES.items() if COMMITTEE_OF[unit] == code}
        committee = await self.by(code)
        filed = [
            await sealed(await self.by(unit), committee, self.campaign, brand_name=case) for case, unit in own.items()
        ]
        done(await file(committee, self.campaign, *filed), 201)
        self.cases |= {case: id_of(href) for case, href in zip(own, filed, strict=True)}
        await self.keep_promises(code)

    async def appoint(self) -> None:
        """Six judges with accounts, each described by the office."""
        for name, tie in JUDGES.items():
            phone = {"phone": tie["phone"]} if "phone" in tie else {}
            await self.invite("office", name, Role.REVIEWER, name=name, **phone)
            (account,) = (await self.get("office", f"accounts?role=reviewer&q={name}"))["items"]
            self.ids[name] = account["id"]
            ties = {f"{kind}_id": self.ids[tie[kind]] for kind in ("unit", "committee") if kind in tie}
            client = await self.by("office")
            profile = {"organisation": "唐山师范学院", "maximum_load": 5} | ties
            href = f"/api/v1/reviewers/{self.ids[name]}"
            done(await client.put(href, json=profile, headers={"If-Match": "*"}), 201)

    async def set_up(self, name: str, **settings: Any) -> None:
        """A round with all six on its panel."""
        body = {"campaign_id": self.campaign, "name": name, "method": "mean", "seed": 20150914} | settings
        self.hrefs[name] = f"rounds/{(await self.office('rounds', **body))['id']}"
        await self.change("PUT", f"{self.hrefs[name]}/panel", {"reviewer_ids": [self.ids[judge] for judge in JUDGES]})

    def pair(self, case: str, judge: str) -> dict[str, str]:
        return {"application_id": self.cases[case], "reviewer_id": self.ids[judge]}

    async def assign(self, round_: str, *pairs: tuple[str, str]) -> Response:
        wanted = [self.pair(*pair) for pair in pairs]
        return await self.act("office", f"{self.hrefs[round_]}/assignments", assignments=wanted)

    async def given(self, round_: str, judge: str) -> list[Any]:
        """The judge's cases that are not handed in yet."""
        mine = await self.get(judge, f"cases?round_id={id_of(self.hrefs[round_])}&review_status=draft&limit=100")
        found: list[Any] = mine["items"]
        return found

    async def score(self, judge: str, case_id: str, score: int) -> Response:
        """The same for every criterion, saved and handed in."""
        codes = ("influence", "participation", "reference_value", "innovation")
        sheet = {"scores": [{"code": code, "score": score} for code in codes]}
        client, href = await self.by(judge), f"/api/v1/cases/{case_id}/review"
        saved = await client.put(href, json=sheet, headers={"If-Match": '"0"'})
        return await client.post(f"{href}/submission", headers=key()) if saved.is_success else saved

    async def score_all(self, round_: str, judge: str, figures: dict[str, int], *, leave: int = 0) -> None:
        """Score this judge's cases, except for a number of them."""
        for case in (await self.given(round_, judge))[leave:]:
            done(await self.score(judge, case["id"], figures[case["brand_name"]]))

    async def ranking(self, round_: str) -> list[tuple[Any, ...]]:
        rows = (await self.get("office", f"{self.hrefs[round_]}/ranking"))["rows"]
        return [(row["rank"], row["brand_name"], row["n"], row["score"]) for row in rows]
