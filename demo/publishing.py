"""The last acts: what is publicised (公示) and objected to (异议), and what is published with its numbers (通报)."""

from typing import Any

from demo.cast import Person
from demo.client import Response
from demo.commending import CASES, COMMITTEES, WINNERS, awards_of, commendation
from demo.stage import EVENTFUL, MODEL, Stage


def publicise(stage: Stage) -> None:
    """Publicise the committees' awards for the days of the notice; they stay so: no play can wait that long."""
    stage.narrator.chapter("Publicity (公示): the notice's days, and an objection (异议)")
    unit, path = stage.committees[EVENTFUL].units[0].person, commendation(stage, COMMITTEES)
    waiting = unit.act("looks for awards before anything is public", "GET", "/awards")
    own = [each for each in waiting["items"] if each["campaign_id"] == stage.campaign_id]
    stage.narrator.add(f"{len(own)} of this campaign; nobody learns of a draft")
    unit.fail("looks for the drafted commendation", "not-found", "GET", path)
    window = stage.office.act("publicises the committees", "POST", f"{path}/publicity")
    stage.narrator.add(f"公示 {window['publicity_first_on']} to {window['publicity_last_on']}, {_counted(stage)}")
    _object(stage, path)
    stage.office.fail(
        "publishes it, with the window still open", "publicity_running", "POST", f"{path}/publication", {}
    )
    stage.narrator.add(f"It stays publicised to the end of {window['publicity_last_on']}, for whoever plays next")


def _counted(stage: Stage) -> str:
    counts = stage.campaign()["settings"]["commendation"]["publicity_counts"]
    return "working days alone" if counts == "working_days" else "calendar days"


def _object(stage: Stage, path: str) -> None:
    """A unit objects; the award is held, which nobody else can see; the office answers."""
    stranger, unit = stage.door.stranger(), stage.committees[MODEL].units[0].person
    before = _read(stage, path)
    body = {"award_id": before["awards"][-1]["id"], "text": "该党委的上报件数与实际不符，请核对回执。"}
    raised = unit.act(f"objects to {before['awards'][-1]['name']}", "POST", f"{path}/objections", body)
    stage.committees[EVENTFUL].person.fail(
        "looks for the objection of somebody else", "not-found", "GET", f"/objections/{raised['id']}"
    )
    after = stranger.ask("GET", f"/public{path}")
    stage.narrator.add(f"anybody reads the same as before the objection: {after.body == before.body}")
    stage.office.fail("publishes it all the same", "objections_open", "POST", f"{path}/publication", {})
    _answer(stage, raised, "rejected", "经核对三份回执，上报件数属实。")
    answered = unit.ask("GET", f"/objections/{raised['id']}")
    stage.narrator.add(f"{unit.name} reads: {answered['answer']}")


def _answer(stage: Stage, objection: Response, status: str, words: str) -> None:
    path, body = f"/objections/{objection['id']}/answer", {"status": status, "answer": words}
    stage.office.act(f"answers the objection ({status}): {words}", "POST", path, body)


def _read(stage: Stage, path: str) -> Response:
    """The page that anybody reads, without signing in."""
    page = stage.door.stranger().act("reads it without signing in", "GET", f"/public{path}")
    for award in page["awards"]:
        number = award["certificate_number"] or "no number yet"
        stage.narrator.add(f"  {award['kind_name']} {award['name']} {award['unit_name'] or ''} {number}")
    return page


def publish(stage: Stage) -> None:
    """The cases, with a window of no days; a letter that comes late costs one of them its award."""
    stage.narrator.chapter("Publication (通报): numbers, certificates, and what everybody may read")
    days = stage.campaign()["settings"]["commendation"]["publicity_days"]
    _set_publicity(stage, 0, "演示不能等待公示期满")
    path = commendation(stage, CASES)
    stage.office.act("publicises the cases", "POST", f"{path}/publicity")
    if WINNERS in stage.commendations:
        winners = commendation(stage, WINNERS)
        stage.office.act("publicises the units and persons", "POST", f"{winners}/publicity")
    _set_publicity(stage, days, "演示完毕，恢复通知所定的公示期")
    _uphold_a_letter(stage, path)
    done = stage.office.act("publishes the cases", "POST", f"{path}/publication", {})
    stage.narrator.add(f"{done['title']}: {done['document_number']}")
    page = _read(stage, path)
    stage.narrator.add(f"of the first: {page['awards'][0]['public_summary']}")
    _receive(stage, stage.unit_called(page["awards"][0]["unit_name"]).person, page["awards"][0])
    if WINNERS in stage.commendations:
        _publish_winners(stage)


def _publish_winners(stage: Stage) -> None:
    """The units and persons, in groups of their own; the unit of a person reads their certificate's code."""
    path = commendation(stage, WINNERS)
    stage.office.act("publishes the units and persons", "POST", f"{path}/publication", {})
    person = _read(stage, path)["awards"][-1]
    unit = stage.committees[MODEL].units[0].person
    _receive(stage, unit, person)
    record = unit.act("reads its own awards", "GET", f"/units/{stage.committees[MODEL].units[0].unit_id}/awards")
    for award in record["items"]:
        stage.narrator.add(f"  {award['year']} {award['kind_name']} {award['name']} {award['person_title'] or ''}")


def _set_publicity(stage: Stage, days: int, why: str) -> None:
    campaign = stage.campaign()
    settings = campaign["settings"]
    settings["commendation"] |= {"publicity_days": days}
    deed, path = f"sets the publicity to {days} days ({why})", f"/campaigns/{stage.campaign_id}"
    stage.office.act(deed, "PUT", path, settings | {"reason": why}, if_match=campaign["etag"])


def _uphold_a_letter(stage: Stage, path: str) -> None:
    """Drop the award that was added by hand, on the objection of somebody without an account."""
    (chosen,) = [each for each in awards_of(stage, CASES) if _basis(stage, each) == "by_hand"]
    body = {"award_id": chosen["id"], "text": "简介所列做法多为上一年度所做。", "on_behalf_of": "辖区居民李某"}
    raised = stage.office.act(f"records a letter on {chosen['name']}", "POST", f"{path}/objections", body)
    stage.office.fail("publishes with the letter unanswered", "awards_held", "POST", f"{path}/publication", {})
    _answer(stage, raised, "upheld", "经核查情况属实，不再列入本次表彰。")


def _basis(stage: Stage, award: dict[str, Any]) -> Any:
    return stage.office.ask("GET", f"/awards/{award['id']}")["basis"]


def _receive(stage: Stage, unit: Person, award: dict[str, Any]) -> None:
    """The unit reads its certificate; anybody verifies it by its code."""
    anybody = stage.door.stranger()
    own = unit.act("reads its award", "GET", f"/awards/{award['id']}")
    code = own["verification_code"]
    stage.narrator.add(f"{own['certificate_number']}, to be verified by {code}")
    found = anybody.act("verifies the certificate", "GET", f"/public/certificates/{code}")
    stage.narrator.add(f"genuine: {found['genuine']}, {found['status']}: {found['name']}, {found['unit_name']}")
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    anybody.fail("mistypes a letter", "not-found", "GET", f"/public/certificates/{wrong}")
