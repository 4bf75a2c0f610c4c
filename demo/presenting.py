"""The chapter of a live round (现场展示): its order is drawn; one clerk enters each sheet, another checks it."""

from typing import Any

from demo.cast import JudgePlayer, Person
from demo.client import File, Response
from demo.judging import begin_round, open_round, propose, put_in_force
from demo.photos import stamped_form
from demo.scoring import IN_FINAL, given
from demo.stage import Stage


def judge_presentations(stage: Stage) -> None:
    """终评 before the judges' eyes: nothing is blind, nobody chooses when to appear, no clerk alone makes a score."""
    stage.narrator.chapter("The second round (终评) is live: the best of the first present themselves")
    best = {"intake": "best", "source_round_id": stage.rounds[-1], "intake_limit": stage.scale.cut + IN_FINAL}
    drafted = begin_round(stage, "终评", kind="live", blind=False, reviews_wanted=3, **best)
    blind, etag = {"blind": True}, drafted["etag"]
    stage.office.fail("would have it blind", "live_not_blind", "PATCH", stage.round(), blind, if_match=etag)
    open_round(stage, drafted)
    order = stage.office.act("draws the order of appearance (出场顺序)", "GET", f"{stage.round()}/appearances")
    rows = [
        [*(each[name] for name in ("place", "brand_name", "unit_name")), each["lot"][:8]]
        for each in order["appearances"]
    ]
    stage.narrator.table(["出场", "品牌名称", "申报单位", "lot"], rows)
    stage.narrator.add(f"by the seed {order['seed']}: whoever has it draws the same")
    put_in_force(stage, propose(stage, "proposes who scores what"))
    _enter_sheets(stage)


def _enter_sheets(stage: Stage) -> None:
    """Every sheet is entered and read again; of the first it is shown that one person does not do for both."""
    criteria = stage.office.ask("GET", stage.round())["criteria"]
    colleague, judges = stage.door.confirmer, {judge.account_id: judge for judge in stage.judges}
    assert colleague, "a play has two clerks"
    assignments = list(stage.office.client.pages(f"{stage.round()}/assignments"))
    for number, each in enumerate(assignments):
        judge = judges[each["reviewer_id"]]
        sheet = given(judge, {"round_name": "终评", "brand_name": each["brand_name"]}, criteria)
        entered = stage.office.ask("POST", f"{stage.round()}/assignments/{each['id']}/sheet", sheet)
        if number == 0:
            _show_the_second_person(stage, colleague, judge, entered, sheet["scores"])
        colleague.ask("POST", f"/reviews/{entered['id']}/check", {"scores": sheet["scores"]})
    stage.narrator.tell(f"{stage.office.name} enters {len(assignments)} sheets, {colleague.name} checks each")


def _show_the_second_person(
    stage: Stage, colleague: Person, judge: JudgePlayer, entered: Response, scores: list[dict[str, Any]]
) -> None:
    check = f"/reviews/{entered['id']}/check"
    stage.narrator.add(f"the sheet of {judge.who.name} is {entered['status']}")
    scan = {"file": File("评分表.pdf", stamped_form(0), "application/pdf")}
    stage.office.act(
        "stores the scan of the signed sheet",
        "PUT",
        f"/reviews/{entered['id']}/scan",
        form=scan,
        if_match=entered["etag"],
    )
    stage.office.fail("checks it alone", "second_person_needed", "POST", check, {"scores": scores})
    other = [scores[0] | {"score": 0 if scores[0]["score"] else 1}, *scores[1:]]
    colleague.fail("reads another score", "sheet_differs", "POST", check, {"scores": other})
