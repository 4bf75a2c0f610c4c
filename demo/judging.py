"""The chapters before the scoring: the judges, the round, and who gets which case (分配)."""

from datetime import timedelta
from typing import Any

from demo import content
from demo.cast import JudgePlayer, known_accounts
from demo.client import Response
from demo.stage import Stage

JUDGING = timedelta(days=7)
WANTED = 3
"""Number of reviews of every case."""
SHOWN = 3
"""Number of sentences that are printed of many."""


def invite_judges(stage: Stage) -> None:
    """Give six people accounts and profiles; three of them have a tie with somebody who applied."""
    stage.narrator.chapter("The office invites six judges (评委)")
    known = known_accounts(stage.office)
    for number, who in enumerate(content.judges(), 1):
        stage.judges.append(_invite(stage, known, f"demo.judge.{number}", who))
    rows = [
        [judge.person.username, judge.who.name, judge.who.organisation, "、".join(judge.who.expertise), _tie(judge.who)]
        for judge in stage.judges
    ]
    stage.narrator.table(["username", "评委", "organisation", "knows", "tie"], rows)
    stage.judges[0].person.fail(
        "looks at the profile of another judge", "not-found", "GET", f"/reviewers/{stage.judges[1].account_id}"
    )


def _invite(stage: Stage, known: dict[str, str], username: str, who: content.JudgeProfile) -> JudgePlayer:
    account = {"username": username, "name": who.name, "role": "reviewer"}
    if who.alias_of:
        area, number = stage.unit_called(who.alias_of).unit.phone.split("-")
        account["phone"] = f"({area}) {number}"
    person = stage.door.enrol(stage.office, who.name, known, account)
    judge = JudgePlayer(person, who, person.ask("GET", "/account")["id"])
    _profile(stage, judge, stage.scale.loads[0])
    return judge


def _profile(stage: Stage, judge: JudgePlayer, maximum_load: int) -> None:
    unit_id = stage.unit_called(judge.who.unit).unit_id if judge.who.unit else None
    profile = {"organisation": judge.who.organisation, "unit_id": unit_id, "expertise": judge.who.expertise}
    loads = {"minimum_load": 1, "maximum_load": maximum_load}
    stage.office.ask("PUT", f"/reviewers/{judge.account_id}", profile | loads, if_match="*")


def _tie(who: content.JudgeProfile) -> str:
    if who.unit:
        return "is of a unit that applies"
    return f"has the phone of {who.alias_of}" if who.alias_of else ""


def set_up_round(stage: Stage) -> None:
    """初评: every accepted case, blind, by scores that are freed of each judge's leniency."""
    stage.narrator.chapter("The first round (初评): blind, three reviews a case")
    drafted = begin_round(stage, "初评", reviews_wanted=WANTED)
    stage.office.fail("opens it without a panel", "panel_too_small", "POST", f"{stage.round()}/opening")
    open_round(stage, drafted)
    _look_for_names(stage)


def begin_round(stage: Stage, name: str, **more: Any) -> Response:
    """Draft a round that begins at once; from now on it is the one that is judged."""
    now = stage.now()
    times = {"opens_at": now.isoformat(), "closes_at": (now + JUDGING).isoformat()}
    method = {"method": "reviewer_adjusted", "tie_breaks": ["influence", "innovation"], "cut": stage.scale.cut}
    body = {"campaign_id": stage.campaign_id, "name": name} | method | times | more
    deed = f"sets {name} up: {stage.scale.cut} to be commended, leniency reckoned out (reviewer_adjusted)"
    drafted = stage.office.act(deed, "POST", "/rounds", body)
    stage.rounds.append(drafted["id"])
    return drafted


def open_round(stage: Stage, drafted: Response) -> None:
    """Seat all judges, and let the cases enter."""
    panel = {"reviewer_ids": [judge.account_id for judge in stage.judges]}
    stage.office.act("seats all six (评审组)", "PUT", f"{stage.round()}/panel", panel, if_match=drafted["etag"])
    opened = stage.office.act("opens the round", "POST", f"{stage.round()}/opening")
    stage.narrator.add(f"{opened['entry_count']} cases enter, numbered by lot")


def _look_for_names(stage: Stage) -> None:
    """Find what reveals the applicant in the texts of a blind round, before anybody reads them."""
    entries = list(stage.office.client.pages(f"{stage.round()}/entries"))
    places = [(entry, finding) for entry in entries for finding in entry["findings"]]
    cases = {entry["application_id"] for entry, _ in places}
    stage.narrator.tell(f"{stage.office.name} looks for names: {len(places)} places in {len(cases)} of {len(entries)}")
    for entry, finding in places[:SHOWN]:
        stage.narrator.add(f"  ! {entry['application_number']} {finding['pointer']}  {finding['message']}")


def assign_cases(stage: Stage) -> None:
    """An interest is declared; then proposals: one falls short, one is overtaken, one is taken back, one stays."""
    stage.narrator.chapter("Who reviews what (分配): proposed, looked at, applied, taken back")
    _declare_interests(stage)
    _fall_short(stage)
    seen = propose(stage, "proposes anew")
    show_loads(stage, seen)
    _edit_by_hand(stage, seen)
    stage.office.fail("applies the proposal", "proposal_outdated", "POST", f"{path_of(seen)}/application", {})
    applied = propose(stage, "proposes anew")
    put_in_force(stage, applied)
    reason = {"reason": "评审组会议改期，重新分配。"}
    undone = stage.office.act("takes all of it back", "POST", f"{path_of(applied)}/reversal", reason)
    stage.narrator.add(f"{undone['reversal']['withdrawn_count']} withdrawn as one act")
    put_in_force(stage, propose(stage, "proposes once more"))


def propose(stage: Stage, deed: str, **wave: Any) -> Response:
    """Compute a proposal; it assigns nothing."""
    proposal = stage.office.act(deed, "POST", f"{stage.round()}/proposals", {"kind": "full"} | wave)
    figures = proposal["figures"]
    stage.narrator.add(
        f"{proposal['added_count']} more, {proposal['withdrawn_count']} fewer, {figures['kept']} as they were; "
        f"loads {figures['lowest_load']} to {figures['highest_load']}; lacking: {proposal['shortage_count']} cases"
    )
    return proposal


def put_in_force(stage: Stage, proposal: Response) -> None:
    done = stage.office.act("applies it", "POST", f"{path_of(proposal)}/application", {})
    stage.narrator.add(f"{done['added_count']} cases given, as one act")


def path_of(proposal: Response) -> str:
    return f"/proposals/{proposal['id']}"


def show_loads(stage: Stage, proposal: Response) -> None:
    """The preview: everybody's load before and after, and how good the whole is."""
    names = ("reviewer_name", "before", "after", "minimum", "maximum")
    stage.narrator.table(["评委", *names[1:]], [[load[name] for name in names] for load in proposal["loads"]])
    figures = proposal["figures"]
    stage.narrator.add(
        f"connected: {figures['connected']}; most of one committee for one judge: {figures['most_of_one_committee']}; "
        f"by somebody who knows the category: {figures['expertise_share']:.0%}"
    )


def _declare_interests(stage: Stage) -> None:
    """A tie that nobody could have derived; who declared it in an earlier play is not asked again."""
    for judge in stage.judges:
        if judge.who.friend is None or judge.person.ask("GET", "/recusals")["total"]:
            continue
        body = {"organisation_name": judge.who.friend, "reason": "本人曾在该单位任职。"}
        judge.person.act(f"declares a tie with {judge.who.friend}", "POST", "/interests", body)


def _fall_short(stage: Stage) -> None:
    """With too little room the proposal names what binds; the judges take more."""
    few, enough = stage.scale.loads
    short = propose(stage, f"proposes who reviews what; nobody takes more than {few}")
    for lack in short["shortages"][:SHOWN]:
        stage.narrator.add(f"  ! {lack['finding']['code']}  {lack['finding']['message']}")
        for block in lack["blocked"]:
            stage.narrator.add(f"      {block['code']}  {block['message']}")
    stage.office.fail("applies it", "proposal_has_shortages", "POST", f"{path_of(short)}/application", {})
    for judge in stage.judges:
        _profile(stage, judge, enough)
    stage.narrator.tell(f"The judges agree to take up to {enough} each")


def _edit_by_hand(stage: Stage, seen: Response) -> None:
    """One case by hand, after another that may not be: the alias is known by the phone."""
    alias = next(judge for judge in stage.judges if judge.who.alias_of)
    own = stage.applications[stage.unit_called(alias.who.alias_of or "").unit_id]
    path, refused = f"{stage.round()}/assignments", _pair(own, alias.account_id)
    stage.office.fail(f"gives {alias.who.name} what is their own", "conflict_of_interest", "POST", path, refused)
    first = seen["added"][0]
    given = _pair(first["application_id"], first["reviewer_id"])
    stage.office.act(f"gives {first['reviewer_name']} case {first['case_number']} by hand", "POST", path, given)


def _pair(application_id: str, reviewer_id: str) -> dict[str, Any]:
    return {"assignments": [{"application_id": application_id, "reviewer_id": reviewer_id}]}
