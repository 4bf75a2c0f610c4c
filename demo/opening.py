"""The first chapters: the campaign, the organisations, the accounts and the plans."""

from datetime import date, datetime, timedelta
from typing import Any

from demo import content
from demo.cast import CommitteePlayer, cast_committee
from demo.entries import bring_together
from demo.stage import EVENTFUL, LATE, MODEL, UNPLANNED, Stage
from demo.words import keep_words, worded

SOON = 3600
"""A deadline with fewer seconds left is moved before the play begins."""
LATER = {"plan": timedelta(days=3), "application": timedelta(days=30)}


def open_campaign(stage: Stage) -> None:
    """Draft the notice as a campaign of the year it is on the server, publish it, and see that it is open."""
    stage.narrator.chapter(f"The office puts the notice {stage.template} up as a campaign")
    session = stage.office.ask("GET", "/session")
    body = {"template": stage.template, "year": int(session["created_at"][:4])}
    campaign = stage.office.act("drafts the campaign from the notice's template", "POST", "/campaigns", body)
    stage.campaign_id = campaign["id"]
    stage.kinds = tuple(kind for kind in LATER if campaign[f"{kind}_deadline"])
    _open_windows(stage)
    keep_words(stage)
    bring_together(stage)
    stage.office.act("publishes it", "POST", f"/campaigns/{stage.campaign_id}/publication")
    _keep_deadlines_open(stage)
    _introduce(stage, stage.campaign()["settings"])


def _open_windows(stage: Stage) -> None:
    """Let a draft open today, where the notice's first day is still to come."""
    campaign, today = stage.campaign(), stage.now().date().isoformat()
    settings = campaign["settings"]
    early = [name for name in (f"{kind}s" for kind in stage.kinds) if settings[name]["opens_on"] > today]
    if early:
        settings |= {name: settings[name] | {"opens_on": today} for name in early}
        path = f"/campaigns/{stage.campaign_id}"
        stage.office.act("lets the draft open today", "PUT", path, settings, if_match=campaign["etag"])


def _keep_deadlines_open(stage: Stage) -> None:
    for kind in stage.kinds:
        if stage.campaign()[f"{kind}_deadline"]["seconds_left"] < SOON:
            move_deadline(stage, kind, stage.now().date() + LATER[kind], "通知的日期在本机时钟上已过，为演示顺延。")


def move_deadline(stage: Stage, kind: str, due_on: date, reason: str, *, enforced_at: datetime | None = None) -> None:
    """Move one of the campaign's deadlines, which leaves its reason in the history; to an instant even if earlier."""
    body: dict[str, Any] = {"deadline": kind, "due_on": due_on.isoformat(), "reason": reason}
    if enforced_at:
        body |= {"enforced_at": enforced_at.isoformat(), "despite_earlier": True}
    deed = f"moves the {kind} deadline to {due_on} ({reason})"
    stage.office.act(deed, "POST", f"/campaigns/{stage.campaign_id}/deadline-moves", body)


def _introduce(stage: Stage, settings: dict[str, Any]) -> None:
    topics = sum(len(category["topics"]) for category in settings["categories"])
    images, narrative = settings["images"], settings["narrative"]
    stage.narrator.add(f"{settings['name']}: {settings['theme']}")
    stage.narrator.add(
        f"{'、'.join(category['name'] for category in settings['categories'])}, {topics} topics; "
        f"about {narrative['target']} 字, {images['minimum']} to {images['maximum']} pictures; "
        f"at least {settings['minimum_filed']} from each committee"
    )
    campaign = stage.campaign()
    for kind in stage.kinds:
        deadline = campaign[f"{kind}_deadline"]
        stage.narrator.add(
            f"{kind} deadline: {deadline['published_on']}, {deadline['seconds_left'] // 86_400} days left"
        )


def register_organisations(stage: Stage) -> None:
    """Import the committees with their units: first with a mistake in it, then tried out, then for good."""
    stage.narrator.chapter("A dozen committees and their units")
    rows = _organisations(stage)
    office, path = stage.office, "/organisation-imports"
    mistyped = [_mistyped(rows[0]), *rows[1:]]
    office.fail(
        "imports the list with a mistyped 统一社会信用代码", "invalid_credit_code", "POST", path, _list(mistyped)
    )
    office.act("tries the corrected list out", "POST", path, _list(rows) | {"dry_run": True})
    done = office.act("imports it", "POST", path, _list(rows))
    stage.narrator.add(f"{done['created']} registered, {done['updated']} changed, {done['unchanged']} as they were")


def _mistyped(row: dict[str, Any]) -> dict[str, Any]:
    """The same committee, its first unit with a character of its code left out."""
    first, *others = row["units"]
    return row | {"units": [first | {"credit_code": first["credit_code"][1:]}, *others]}


def _list(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"committees": rows}


def _organisations(stage: Stage) -> list[dict[str, Any]]:
    """The list to be imported; a committee that is there already keeps its code."""
    known = {row["name"] for row in stage.office.client.pages("/committees")}
    found = content.committees()
    return [worded(stage, each, _organisation(each, with_code=each.name not in known)) for each in found]


def _organisation(committee: content.Committee, *, with_code: bool) -> dict[str, Any]:
    names = ("name", "kind", "leader_name", "leader_title", "liaison_name", "liaison_phone")
    units = [
        {name: getattr(unit, name) for name in ("name", "honour_level", "credit_code")} for unit in committee.units
    ]
    code = {"code": committee.code} if with_code else {}
    return {name: getattr(committee, name) for name in names} | code | {"units": units}


def remember_winners(stage: Stage) -> None:
    """Enter who won last year, before there was a system, where the campaign looks at it."""
    settings = stage.campaign()["settings"]
    if not settings["earlier_winners"]:
        return
    stage.narrator.chapter("Who won before (以往获奖)")
    unit = next(each for each in content.committees() if each.code == EVENTFUL).units[0]
    won = {"year": settings["year"] - 1, "kind": "excellent_case", "grade": "first", "award": "优秀案例一等奖"}
    body, path = {"wins": [won | {"unit_name": unit.name}]}, "/earlier-win-imports"
    done = stage.office.act(f"enters that {unit.name} won in {won['year']}", "POST", path, body)
    stage.narrator.add(f"{done['created']} entered, {done['unchanged']} listed already")


def give_accounts(stage: Stage) -> None:
    """Invite everybody who plays: the office its committees, each committee its units."""
    stage.narrator.chapter("Everybody gets an account by a one-time activation code")
    rows = {row["name"]: row for row in stage.office.client.pages("/committees")}
    for committee in content.committees():
        row = rows[committee.name]
        places = len(stage.scale.fates[committee.code].rstrip("-"))
        player = cast_committee(stage.door, stage.office, row, places)
        stage.committees[committee.code] = player
        names = "、".join(unit.unit.name for unit in player.units) or "no unit yet"
        stage.narrator.tell(f"{committee.name} signs in and invites {names}")
    stage.committees[MODEL].person.fail(
        "looks for the accounts of another committee",
        "not-found",
        "GET",
        f"/committees/{stage.committees[EVENTFUL].committee_id}",
    )


def register_plans(stage: Stage) -> None:
    """附件1: all committees but the late one hand in their plans; one stays a draft."""
    stage.narrator.chapter("The committees register their plans (附件1)")
    eventful = stage.committees[EVENTFUL]
    body = {"campaign_id": stage.campaign_id, "cases": []}
    if not stage.asks_for_plans:
        eventful.person.fail("begins a plan that nobody asked for", "no_plan_stage", "POST", "/plans", body)
        return
    plan = eventful.person.act("begins its plan, without a row yet", "POST", "/plans", body)
    stage.plans[EVENTFUL] = plan["id"]
    eventful.person.fail("hands it in", "empty_plan", "POST", f"{stage.plan_of(eventful)}/submission")
    rows = {"cases": _rows(eventful)}
    eventful.person.act("fills it in", "PATCH", stage.plan_of(eventful), rows, if_match=plan["etag"])
    eventful.person.act("hands it in", "POST", f"{stage.plan_of(eventful)}/submission")
    _return_plan(stage, eventful)
    for player in stage.others(EVENTFUL):
        _register(stage, player)


def _return_plan(stage: Stage, player: CommitteePlayer) -> None:
    reason = {"reason": "请为“夕阳红”工作室写明内容分类。"}
    stage.office.act(f"returns the plan: {reason['reason']}", "POST", f"{stage.plan_of(player)}/return", reason)
    plan = player.person.ask("GET", stage.plan_of(player))
    names = ("id", "name", "unit_id", "unit_name", "category")
    cases = [{name: case[name] for name in names} | {"unit_name": None} for case in plan["cases"]]
    cases[-1] |= {"category": "qingman"}
    player.person.act("amends it", "PATCH", stage.plan_of(player), {"cases": cases}, if_match=plan["etag"])
    player.person.act("hands it in again", "POST", f"{stage.plan_of(player)}/submission")


def _register(stage: Stage, player: CommitteePlayer) -> None:
    code = player.committee.code
    body = {"campaign_id": stage.campaign_id, "cases": _rows(player)}
    stage.plans[code] = player.person.ask("POST", "/plans", body)["id"]
    if code in (UNPLANNED, LATE):
        stage.narrator.tell(f"{player.committee.name} leaves its plan a draft of {len(body['cases'])} cases")
    else:
        player.person.ask("POST", f"{stage.plan_of(player)}/submission")
        stage.narrator.tell(f"{player.committee.name} hands in its plan of {len(body['cases'])} cases")


def _rows(player: CommitteePlayer) -> list[dict[str, Any]]:
    """The rows of 附件1: the cases the units will write, and those that are only promised."""
    cases = [(content.case_of(unit), player.unit_ids[unit.name]) for unit in player.committee.units]
    written = [{"name": case.brand_name, "unit_id": unit_id, "category": case.category} for case, unit_id in cases]
    first = player.unit_ids[player.committee.units[0].name]
    return written + [{"name": name, "unit_id": first} for name in player.committee.also_planned]
