"""The chapters of the committees: sealing, filing, receipts, and coming too late."""

import time
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import uuid4

from demo.cast import CommitteePlayer, UnitPlayer
from demo.client import File, Response
from demo.opening import move_deadline
from demo.photos import stamped_form
from demo.stage import ALONE, EVENTFUL, LATE, MODEL, PAIR, Fate, Stage
from demo.writing import hand_in

NOTICE = timedelta(seconds=3)
"""So soon the deadline passes that somebody is to miss."""
GRANTED = timedelta(days=3)


def file_applications(stage: Stage) -> None:
    """Return, decline, seal (审核盖章) and file: each rule first broken, then kept."""
    stage.narrator.chapter("The committees select, seal (审核盖章) and file (上报)")
    eventful = stage.committees[EVENTFUL]
    _nobody_elses_business(stage, eventful.units[0])
    _return(stage, eventful, eventful.units[1])
    _break_the_rules(stage, eventful)
    _file_twice(stage, eventful)
    for player in stage.others(EVENTFUL, LATE):
        _settle(stage, player)
    _withdraw_one_of_two(stage, stage.committees[PAIR])


def seal(stage: Stage, player: CommitteePlayer, unit: UnitPlayer) -> None:
    """Hand in the scan of the stamped form, for exactly the content that was read."""
    path = stage.application(unit)
    read = player.person.ask("GET", path)
    scan = {"file": File("审核盖章.pdf", stamped_form(unit.seed), "application/pdf")}
    player.person.ask("POST", f"{path}/endorsement", form=scan, if_match=read["etag"])


def file(stage: Stage, player: CommitteePlayer, application_ids: list[str], order: Sequence[str] = ()) -> Response:
    """File these and print the receipt; the order of all that is put forward comes with what is new."""
    body = {"campaign_id": stage.campaign_id, "application_ids": application_ids}
    body |= _order(stage, order)
    receipt = player.person.ask("POST", "/filings", body)
    stage.narrator.tell(f"{player.committee.name} files {_summary(receipt)}")
    return receipt


def _order(stage: Stage, order: Sequence[str]) -> dict[str, list[str]]:
    """The recommended order (推荐排序), where the campaign asks for one."""
    asked = stage.campaign()["settings"]["recommended_order"]
    return {"recommended_order": [*order]} if order and asked != "none" else {}


def _summary(receipt: Response) -> str:
    return f"{receipt['size']}: receipt {receipt['number']}, to be verified by {receipt['verification_code']}"


def _nobody_elses_business(stage: Stage, unit: UnitPlayer) -> None:
    path = stage.application(unit)
    stage.committees[MODEL].person.fail("looks at another committee's application", "not-found", "GET", path)
    stage.office.fail("looks at it too, before it is filed", "not-found", "GET", path)


def _return(stage: Stage, player: CommitteePlayer, unit: UnitPlayer) -> None:
    path, reason = stage.application(unit), "请补充群众满意度的来源。"
    player.person.act(f"returns one: {reason}", "POST", f"{path}/return", {"reason": reason})
    returned = unit.person.ask("GET", path)
    effects = f"{returned['effects']}\n以上满意度来自每季度一次的入户问卷。"
    unit.person.act("adds the source", "PATCH", path, {"effects": effects}, if_match=returned["etag"])
    hand_in(stage, unit)


def _break_the_rules(stage: Stage, player: CommitteePlayer) -> None:
    ids = stage.application_ids(player, Fate.FILED)
    body = {"campaign_id": stage.campaign_id, "application_ids": ids[:2]}
    player.person.fail("files two that are not sealed", "wrong_state", "POST", "/filings", body)
    for unit in player.units:
        seal(stage, player, unit)
    stage.narrator.tell(f"{player.committee.name} seals all {len(player.units)} with scans of the stamped forms")
    alone = body | {"application_ids": ids[:1]}
    player.person.fail("files one alone", "too_few_applications", "POST", "/filings", alone)


def _file_twice(stage: Stage, player: CommitteePlayer) -> None:
    """Two at first, sent twice under one key, which has one effect; then the third, which gets its own receipt."""
    ids, key = stage.application_ids(player, Fate.FILED), str(uuid4())
    body: dict[str, object] = {"campaign_id": stage.campaign_id, "application_ids": ids[:2]}
    if order := _order(stage, ids[1::-1]):
        player.person.fail("forgets the recommended order (推荐排序)", "order_needed", "POST", "/filings", body)
        body |= order
    receipt = player.person.act("files two", "POST", "/filings", body, key=key)
    stage.narrator.add(_summary(receipt))
    again = player.person.act("sends it once more, with the same Idempotency-Key", "POST", "/filings", body, key=key)
    stage.narrator.add(f"one effect: again receipt {again['number']}")
    file(stage, player, ids[2:], order=ids[::-1])
    _verify(stage, receipt["verification_code"])


def _verify(stage: Stage, code: str) -> None:
    anybody, path = stage.door.stranger(), "/public/receipts/"
    found = anybody.act("verifies the receipt without signing in", "GET", path + code)
    stage.narrator.add(f"genuine: {found['committee_name']}, {found['size']} cases, filed at {found['filed_at']}")
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    anybody.fail("mistypes a letter", "not-found", "GET", path + wrong)


def _settle(stage: Stage, player: CommitteePlayer) -> None:
    """Decline what is declined, seal what is sealed, and file what is filed."""
    for unit in stage.units(player, Fate.WITHDRAWN):
        unit.person.act("takes its own back", "POST", f"{stage.application(unit)}/withdrawal", {"reason": "明年再报。"})
    for unit in stage.units(player, Fate.DECLINED):
        reason = {"reason": "本次遴选名额有限，建议明年再报。"}
        player.person.act("declines one", "POST", f"{stage.application(unit)}/decline", reason)
    for unit in stage.units(player, Fate.SEALED, Fate.FILED):
        seal(stage, player, unit)
    ids = stage.application_ids(player, Fate.FILED)
    if ids:
        file(stage, player, ids, order=ids)
    elif player is stage.committees[ALONE]:
        body = {"campaign_id": stage.campaign_id, "application_ids": stage.application_ids(player, Fate.SEALED)}
        player.person.fail("files its only one", "too_few_applications", "POST", "/filings", body)


def _withdraw_one_of_two(stage: Stage, player: CommitteePlayer) -> None:
    path = f"{stage.application(player.units[0])}/withdrawal"
    body = {"reason": "单位希望明年再报。"}
    player.person.fail("withdraws one of its two", "too_few_applications", "POST", path, body)


def miss_the_deadline(stage: Stage) -> None:
    """Somebody is too late with the plan and with an application, is refused, and gets an extension."""
    stage.narrator.chapter("Too late, and an extension (延期)")
    player, unit = stage.committees[LATE], stage.committees[LATE].units[-1]
    due_on = date.fromisoformat(stage.campaign()["application_deadline"]["published_on"])
    _let_deadlines_pass(stage)
    if stage.asks_for_plans:
        player.person.fail("hands in its plan", "deadline_passed", "POST", f"{stage.plan_of(player)}/submission")
    unit.person.fail("hands in its application", "deadline_passed", "POST", f"{stage.application(unit)}/submission")
    for kind in stage.kinds:
        _extend(stage, player, kind)
    if stage.asks_for_plans:
        player.person.act("hands in its plan", "POST", f"{stage.plan_of(player)}/submission")
    hand_in(stage, unit)
    for each in player.units:
        seal(stage, player, each)
    ids = stage.application_ids(player, Fate.FILED)
    file(stage, player, ids, order=ids)
    _swap_a_scan(stage)
    move_deadline(stage, "application", due_on, "演示完毕，恢复通知所定的期限。")


def _swap_a_scan(stage: Stage) -> None:
    """Exchange a blurred scan of what is filed, after the deadline: the committee asks, the office agrees."""
    player = stage.committees[EVENTFUL]
    unit = stage.units(player, Fate.FILED)[0]
    form = {"file": File("审核盖章.pdf", stamped_form(unit.seed + 1000), "application/pdf")}
    wish = {"reason": "原扫描件模糊，公章无法辨认。"}
    path = f"{stage.application(unit)}/scan-swaps"
    asked = player.person.act("asks to exchange a blurred scan (调换)", "POST", path, form=form | wish)
    swap = stage.office.act("agrees to it", "POST", f"/swaps/{asked['id']}/consent", {"answer": "同意更换。"})
    receipt = player.person.ask("GET", f"/filings/{swap['filing_id']}")
    stage.narrator.add(f"filed as it was, under the new scan: receipt {receipt['number']}")


def _let_deadlines_pass(stage: Stage) -> None:
    """Set both deadlines to a moment ahead and wait for it by the server's clock, which alone decides."""
    now = stage.now()
    for kind in stage.kinds:
        move_deadline(stage, kind, now.date(), "演示逾期：截止时间设在几秒之后。", enforced_at=now + NOTICE)
    stage.narrator.tell("Everybody waits until the deadlines have passed")
    while stage.now() <= now + NOTICE:
        time.sleep(0.2)


def _extend(stage: Stage, player: CommitteePlayer, kind: str) -> None:
    due_on = (stage.now() + GRANTED).date().isoformat()
    body = {"campaign_id": stage.campaign_id, "committee_id": player.committee_id, "deadline": kind}
    reason = {"due_on": due_on, "reason": "机房停电，材料未能按时上传。"}
    stage.office.act(f"extends the committee's {kind} deadline to {due_on}", "POST", "/extensions", body | reason)
