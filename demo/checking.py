"""The office's formal check, plan and delivery side by side, all states; and at the end the people to sign in as."""

from datetime import timedelta

from demo.cast import CommitteePlayer, UnitPlayer
from demo.filing import file, seal
from demo.stage import EVENTFUL, LATE, MODEL, RETURNED, UNCHECKED, Fate, Stage
from demo.writing import hand_in, picture_form

CORRECTION = timedelta(days=10)
FIGURES = (
    "planned",
    "drafted",
    "submitted",
    "returned",
    "declined",
    "withdrawn",
    "sealed",
    "filed",
    "accepted",
    "disqualified",
)


def check_forms(stage: Stage) -> None:
    """形式审查: accept many at once, send two back, disqualify one; some are left to check by hand."""
    stage.narrator.chapter("The office checks the form (形式审查)")
    returned = stage.committees[RETURNED]
    _accept_together(stage)
    for unit in returned.units[:2]:
        _ask_for_correction(stage, unit)
    _correct(stage, returned, returned.units[0])
    reasons = {"reason_codes": ["duplicate"], "remark": "与去年申报内容相同。"}
    path = stage.application(returned.units[-1])
    stage.office.act("disqualifies one: 重复申报", "POST", f"{path}/disqualification", reasons)


def _accept_together(stage: Stage) -> None:
    """Accept what was filed in time, and by mistake one that is a draft: the others are accepted all the same.

    Where the notice has a veto list it is gone through before.
    """
    players = stage.others(RETURNED, LATE, UNCHECKED)
    ids = [each for player in players for each in stage.application_ids(player, Fate.FILED)]
    drafts = [each for player in players for each in stage.application_ids(player, Fate.DRAFTED)]
    body = {"decision": "accept", "application_ids": [*ids, *drafts[:1]]}
    _go_through(stage, ids)
    results = stage.office.act(f"accepts {len(ids)} at once, and one that it cannot see", "POST", "/checks", body)
    done = [each for each in results["items"] if each["done"]]
    stage.narrator.add(f"{len(done)} accepted, each judged for itself")
    for each in results["items"]:
        for finding in each["findings"]:
            mark = "✗" if finding["severity"] == "error" else "!"
            stage.narrator.add(f"  {mark} {finding['code']} {finding['pointer']}  {finding['message']}")


def _go_through(stage: Stage, ids: list[str]) -> None:
    """Answer the veto list (负面清单) of every case, where there is one: nothing is found, but once by mistake."""
    vetoes = stage.campaign()["settings"]["vetoes"]
    if not vetoes:
        return
    office, path = stage.office, f"/applications/{ids[0]}"
    office.fail("accepts one whose veto list is open", "veto_open", "POST", f"{path}/acceptance")
    found = {"code": vetoes[0]["code"], "found": True, "reason": "区应急局通报。"}
    office.act(f"finds {vetoes[0]['name']}", "POST", f"{path}/veto-answers", {"answers": [found]})
    office.fail("accepts it all the same", "veto_found", "POST", f"{path}/acceptance")
    for each in ids:
        answer_vetoes(stage, f"/applications/{each}")
    stage.narrator.tell(f"it was another unit: none of {len(vetoes)} items is found of {len(ids)} cases")


def answer_vetoes(stage: Stage, path: str) -> None:
    """Find nothing of the veto list, where the notice has one."""
    vetoes = stage.campaign()["settings"]["vetoes"]
    if vetoes:
        answers = [{"code": each["code"], "found": False} for each in vetoes]
        stage.office.ask("POST", f"{path}/veto-answers", {"answers": answers})


def _ask_for_correction(stage: Stage, unit: UnitPlayer) -> None:
    due_on = (stage.now() + CORRECTION).date().isoformat()
    body = {"reason_codes": ["images_unclear"], "remark": "第二幅图片无法辨认，请更换。", "due_on": due_on}
    deed, path = f"wants one corrected until {due_on}: 图片不清晰", f"{stage.application(unit)}/correction-request"
    stage.office.act(deed, "POST", path, body)


def _correct(stage: Stage, player: CommitteePlayer, unit: UnitPlayer) -> None:
    """Submit, seal and file again what the office sent back; its committee may file it alone."""
    path = stage.application(unit)
    second = unit.person.ask("GET", path)["images"][1]
    form = {"file": picture_form(unit, 1, stage.scale.photograph(unit.seed * 10 + 9))["file"]}
    content = f"{path}/images/{second['id']}/content"
    unit.person.act("replaces the second picture", "PUT", content, form=form, if_match=second["etag"])
    hand_in(stage, unit)
    seal(stage, player, unit)
    file(stage, player, stage.application_ids(player, Fate.FILED)[:1])
    answer_vetoes(stage, path)
    stage.office.act("accepts it", "POST", f"{path}/acceptance")


def compare_with_plans(stage: Stage) -> None:
    """Link every planned case to the application that came of it, and show one committee's reconciliation."""
    if not stage.asks_for_plans:
        return
    stage.narrator.chapter("Plan and delivery")
    for player in stage.committees.values():
        _link(stage, player)
    player = stage.committees[EVENTFUL]
    found = player.person.act("compares", "GET", f"{stage.plan_of(player)}/reconciliation")
    for case in found["linked"]:
        stage.narrator.add(f"  {case['name']} → {case['application_number']} {case['application_status']}")
    for case in found["missing"]:
        stage.narrator.add(f"  {case['name']} → nothing yet")


def _link(stage: Stage, player: CommitteePlayer) -> None:
    plan = player.person.ask("GET", stage.plan_of(player))
    etag = plan["etag"]
    for case in plan["cases"][: len(player.committee.units)]:
        application_id = stage.applications.get(case["unit_id"])
        if application_id:
            path, body = f"{stage.plan_of(player)}/cases/{case['id']}/application", {"application_id": application_id}
            etag = player.person.ask("PUT", path, body, if_match=etag)["etag"]


def show_progress(stage: Stage) -> None:
    """The office's table of who has registered, who has filed, and who is late."""
    stage.narrator.chapter("Where everybody stands")
    progress = stage.office.act("asks for the progress", "GET", f"/progress?campaign_id={stage.campaign_id}")
    ours = {player.committee_id for player in stage.committees.values()}
    rows = [
        [each["committee_name"], each["plan_status"] or "–", *(each[name] or "·" for name in FIGURES), *_judged(each)]
        for each in progress["committees"]
        if each["committee_id"] in ours
    ]
    total = ["together", "", *(progress["totals"][name] for name in FIGURES), "", ""]
    stage.narrator.table(["党（工）委", "plan", *FIGURES, "minimum", "late"], [*rows, total])


def _judged(committee: dict[str, object]) -> tuple[str, str]:
    late = [word for word in ("plan", "applications") if committee[f"{word}_overdue"]]
    return "met" if committee["minimum_met"] else "not met", ", ".join(late)


def show_accounts(stage: Stage) -> None:
    """Print how to sign in after the play."""
    stage.narrator.chapter("Now it is yours")
    players = [stage.committees[code] for code in (EVENTFUL, MODEL)]
    people = [
        stage.office,
        *(player.person for player in players),
        *(unit.person for each in players for unit in each.units),
        *(judge.person for judge in stage.judges),
    ]
    stage.narrator.table(["username", "who"], [[person.username, person.name] for person in people])
    stage.narrator.add("and so on: demo.CODE for every committee, CODE.demo.1, .2, … for the units that play.")
    stage.narrator.add(f"They all have the password of this run, for demonstration only: {stage.door.password}")
    stage.narrator.add(f"POST {stage.door.url}/api/v1/sessions; documentation: {stage.door.url}/api/docs")
    refused = ", ".join(f"{code} ×{count}" for code, count in sorted(stage.narrator.refusals.items()))
    stage.narrator.tell(f"The campaign is {stage.campaign_id}. Refusals shown: {refused}.")
