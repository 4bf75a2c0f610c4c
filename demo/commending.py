"""The chapter of the choice: which cases and which committees are to be commended (拟表彰)."""

from typing import Any

from demo import content
from demo.stage import EVENTFUL, MODEL, Stage

CASES, COMMITTEES, WINNERS = "cases", "committees", "winners"
ADVANCED = 2
"""Least number of committees proposed by their indicators; more where a tie would have to be broken."""
APPROVED_PICTURES = [1, 2]


def choose(stage: Stage) -> None:
    """Excellent cases from the frozen ranking, advanced committees by their indicators; one of each by hand.

    Units and persons are named by hand, where the notice commends any.
    """
    stage.narrator.chapter("Who is to be commended (拟表彰)")
    _choose_cases(stage)
    _choose_committees(stage)
    if recipients_of(stage) & {"unit", "person"}:
        _name_units_and_persons(stage)


def recipients_of(stage: Stage) -> set[str]:
    """The sorts of recipients that the notice has awards for."""
    return {kind["recipient"] for kind in stage.campaign()["settings"]["award_kinds"]}


def _choose_cases(stage: Stage) -> None:
    path, cut = _begin(stage, CASES, "关于表彰创新工作品牌优秀案例的通报"), stage.scale.cut
    ranked = {"kind": "excellent_case", "basis": "count"} | stage.source()
    last = _grade_by_grade(stage, path, ranked)
    stage.office.act(f"takes the best {cut} of the ranking", "POST", f"{path}/awards", ranked | last | {"count": cut})
    following = stage.result()["rows"][cut]
    named = {"application_ids": [following["application_id"]], "reason": "带动面广，经评审组一致推荐。"}
    _by_hand(stage, path, following["brand_name"], {"kind": "excellent_case"} | last | named)
    stage.office.fail("publicises them without a word on each", "summary_missing", "POST", f"{path}/publicity")
    for award in awards_of(stage, CASES):
        _put_into_words(stage, award)
    stage.narrator.tell(f"{stage.office.name} writes a public summary of each, and approves two pictures")


def _grade_by_grade(stage: Stage, path: str, ranked: dict[str, Any]) -> dict[str, Any]:
    """Fill the announced places of each grade (等次), the best first; return the grade that has room for the rest."""
    kinds = stage.campaign()["settings"]["award_kinds"]
    grades = next(kind["grades"] for kind in kinds if kind["code"] == ranked["kind"])
    last, count = ({"grade": grades[-1]["code"]} if grades else {}), 0
    stage.office.fail(
        "takes more than are ranked", "too_few_ranked", "POST", f"{path}/awards", ranked | last | {"count": 200}
    )
    for grade in grades[:-1]:
        body, count = ranked | {"grade": grade["code"]}, count + grade["places"]
        more = body | {"count": count + 1}
        stage.office.fail(
            f"gives one {grade['name']} more than announced", "places_taken", "POST", f"{path}/awards", more
        )
        stage.office.act(f"gives {grade['places']} {grade['name']}", "POST", f"{path}/awards", body | {"count": count})
    return last


def _choose_committees(stage: Stage) -> None:
    """The indicators propose and explain; a tie is nobody's to break, so as many are taken as have none."""
    path = _begin(stage, COMMITTEES, "关于表彰组织工作先进单位的通报")
    measured = f"/campaigns/{stage.campaign_id}/committee-indicators"
    standings = stage.office.act("weighs the committees", "GET", measured)["committees"]
    _show_indicators(stage, standings)
    ranks = [each["rank"] for each in standings]
    count = next(place for place in range(ADVANCED, len(ranks)) if ranks[place] > ranks[place - 1])
    best = {"kind": "advanced_committee", "basis": "indicators", "count": count}
    stage.office.act(f"takes the best {count}", "POST", f"{path}/awards", best)
    following = standings[count]
    named = {"committee_ids": [following["committee_id"]], "reason": "组织细致，带动面广，值得鼓励。"}
    _by_hand(stage, path, following["committee_name"], {"kind": "advanced_committee"} | named)


def _name_units_and_persons(stage: Stage) -> None:
    """Two units, and three persons of whom two have one name; the same name again needs a word."""
    path = _begin(stage, WINNERS, "关于表彰优秀组织单位和先进个人的通报")
    why = {"basis": "by_hand", "reason": "组织扎实，群众认可，经研究决定。"}
    players = [stage.committees[code] for code in (MODEL, EVENTFUL)]
    units = [player.units[0] for player in players]
    named: dict[str, Any] = why | {"kind": "organising_unit", "unit_ids": [unit.unit_id for unit in units]}
    stage.office.act("names two units (优秀组织单位)", "POST", f"{path}/awards", named)
    wang = {"name": "王芳", "title": "社区主任", "unit_id": units[0].unit_id}
    people = [wang, {"name": "李强", "title": "党政办主任", "committee_id": players[1].committee_id}]
    named = why | {"kind": "advanced_person", "persons": people}
    stage.office.act("names two persons (先进个人)", "POST", f"{path}/awards", named)
    namesake = wang | {"title": "网格员"}
    named |= {"persons": [namesake]}
    stage.office.fail("names one of the same name in the same unit", "same_name", "POST", f"{path}/awards", named)
    named |= {"persons": [namesake | {"another_person": True}]}
    stage.office.act("says that this is another person", "POST", f"{path}/awards", named)


def commendation(stage: Stage, what: str) -> str:
    """The path of one of the commendations."""
    return f"/commendations/{stage.commendations[what]}"


def awards_of(stage: Stage, what: str) -> list[dict[str, Any]]:
    """Its awards, as the office sees them."""
    return list(stage.office.client.pages(f"/awards?commendation_id={stage.commendations[what]}"))


def _begin(stage: Stage, what: str, title: str) -> str:
    body = {"campaign_id": stage.campaign_id, "title": title, "preface": "经评选，对名单所列予以通报表彰。"}
    stage.commendations[what] = stage.office.act(f"drafts {title}", "POST", "/commendations", body)["id"]
    return commendation(stage, what)


def _by_hand(stage: Stage, path: str, name: str, choice: dict[str, Any]) -> None:
    deed = f"adds {name} by hand: {choice['reason']}"
    stage.office.act(deed, "POST", f"{path}/awards", choice | {"basis": "by_hand"})


def _put_into_words(stage: Stage, award: dict[str, Any]) -> None:
    case = content.case_of(stage.unit_called(award["unit_name"]).unit)
    summary = f"{'，'.join(title for title, _ in case.practices)}。"
    body = {"public_summary": summary, "pictures": APPROVED_PICTURES}
    stage.office.ask("PATCH", f"/awards/{award['id']}", body, if_match=award["etag"])


def _show_indicators(stage: Stage, standings: list[dict[str, Any]]) -> None:
    names = [f"{each['name']} {each['weight']}" for each in standings[0]["indicators"]]
    rows = [
        [each["rank"], each["committee_name"], each["total"], *(f"{one['points']:g}" for one in each["indicators"])]
        for each in standings
    ]
    stage.narrator.table(["名次", "党（工）委", "总分", *names], rows)
    for one in standings[0]["indicators"]:
        stage.narrator.add(f"{standings[0]['committee_name']}: {one['name']}: {one['explanation']}")
