"""The chapters of the hand-over: what is nominated (择优推荐), answered, corrected and nominated again."""

import json
from collections.abc import Mapping
from typing import Any

from demo.checking import CORRECTION, answer_vetoes
from demo.client import Response
from demo.commending import CASES, awards_of
from demo.filing import file, seal
from demo.municipal import NAME, ExampleReceiver, MunicipalOffice, System, proven, register, system_of
from demo.pushing import close_endpoint, open_endpoint, probe, show_deliveries
from demo.stage import Stage, wait_for
from demo.writing import hand_in

REASON = "做法成熟，群众认可度高，建议在全市推广。"


def hand_over(stage: Stage) -> None:
    """Two awarded cases: one is accepted at once, the other comes back, is corrected, and is decided on."""
    stage.narrator.chapter("Nomination (择优推荐): the best cases are put forward to the municipal office (市文明办)")
    municipal = register(stage)
    first, second = nominees(stage)
    _nominate_wrongly(stage)
    nomination = _nominate(stage, first, 1)
    _look_into(stage, first, nomination)
    stage.narrator.chapter("The municipal office takes in, accepts, returns; and gets it corrected")
    with system_of(stage, municipal) as system:
        _take_in(stage, municipal, system, nomination, "received", "accepted")
        returned = _nominate(stage, second, 2)
        _take_in(stage, municipal, system, returned, "received", "returned")
        _correct(stage, second)
        _compare(stage, _nominate_again(stage, municipal, system, returned))


def nominees(stage: Stage) -> list[dict[str, Any]]:
    """The awards of the two cases that are nominated."""
    return [award for award in awards_of(stage, CASES) if award["status"] == "awarded"][:2]


def _nominate(stage: Stage, award: dict[str, Any], position: int) -> Response:
    body = {"award_id": award["id"], "position": position, "reason": REASON}
    nomination = stage.office.act(f"nominates {award['name']}: {REASON}", "POST", "/nominations", body)
    stage.narrator.add(f"推荐次序 {position}, revision {nomination['revision']}, {nomination['status']}")
    return nomination


def _nominate_wrongly(stage: Stage) -> None:
    """The best of those that were not commended."""
    other = stage.result()["rows"][stage.scale.cut]
    body = {"application_id": other["application_id"], "position": 1, "reason": REASON}
    stage.office.fail(f"nominates {other['brand_name']}", "not_awarded", "POST", "/nominations", body)


def _look_into(stage: Stage, award: dict[str, Any], nomination: Response) -> None:
    """Read the payload, which is fixed for ever; of the nomination the unit learns, and no other."""
    body = {"award_id": award["id"], "position": 2, "reason": REASON}
    stage.office.fail("nominates it again", "already_nominated", "POST", "/nominations", body)
    path, digest = f"/nominations/{nomination['id']}", nomination["payload_digest"]
    stage.narrator.tell(f"{stage.office.name} reads what is handed over")
    payload = json.loads(proven(stage.office, f"{path}/payload", digest))
    content = payload["application"]["content"]
    files = f"{len(payload['files'])} files of {sum(each['size'] for each in payload['files']) / 1e6:.1f} MB"
    stage.narrator.add(
        f"schema {payload['schema_version']}, {content['narrative_length']} 字, {files}, SHA-256 {digest[:16]}…"
    )
    stage.narrator.add(f"{payload['award']['kind_name']} {payload['award']['certificate_number']}")
    own = stage.unit_called(award["unit_name"])
    own.person.act("sees that its case was put forward", "GET", path)
    other = next(unit for player in stage.committees.values() for unit in player.units if unit is not own)
    other.person.fail("looks for the nomination of somebody else's case", "not-found", "GET", path)


def _take_in(
    stage: Stage, municipal: MunicipalOffice, system: System, nomination: Response, *answers: str
) -> Mapping[str, Any]:
    """The other side hears of it by the events, fetches it, and answers; how what both sides hold compares."""
    number = municipal.hears_of(nomination["id"])
    stage.narrator.tell(f"{NAME} reads the events after {municipal.last}: {number} is the nomination's")
    compared = system.look(*answers)
    _show_answers(stage, nomination["id"])
    return compared


def _show_answers(stage: Stage, nomination_id: str) -> None:
    """Print the state of the nomination and all answers to it."""
    nomination = stage.office.act("sees where it stands", "GET", f"/nominations/{nomination_id}")
    stage.narrator.add(f"{nomination['application_number']}, revision {nomination['revision']}: {nomination['status']}")
    for each in stage.office.client.pages(f"/nominations/{nomination_id}/answers"):
        stage.narrator.add(f"  {each['kind']}: {each['result'] or each['text']}")


def _correct(stage: Stage, award: dict[str, Any]) -> None:
    """It goes back to its unit, and comes again the way of every correction."""
    path, unit = f"/applications/{award['application_id']}", stage.unit_called(award["unit_name"])
    due_on = (stage.now() + CORRECTION).date().isoformat()
    wanted = {"reason_codes": ["missing_information"], "remark": "市文明办退回：图片说明不完整。", "due_on": due_on}
    stage.office.act(f"wants it corrected until {due_on}", "POST", f"{path}/correction-request", wanted)
    picture = unit.person.ask("GET", path)["images"][0]
    caption = {"caption": f"{picture['caption']}（活动现场，单位自摄）"}
    deed = f"says more of the first picture: {caption['caption']}"
    unit.person.act(deed, "PATCH", f"{path}/images/{picture['id']}", caption, if_match=picture["etag"])
    hand_in(stage, unit)
    committee = stage.committee_of(unit)
    seal(stage, committee, unit)
    file(stage, committee, [award["application_id"]])
    answer_vetoes(stage, path)
    stage.office.act("accepts it", "POST", f"{path}/acceptance")


def _nominate_again(stage: Stage, municipal: MunicipalOffice, system: System, returned: Response) -> Mapping[str, Any]:
    """Pushed if somebody can listen on the other side and the operator allows it, fetched if not."""
    answers = ("received", "accepted", "decided")
    if not isinstance(system, ExampleReceiver) or not (endpoint := open_endpoint(stage)):
        return _take_in(stage, municipal, system, _revise(stage, returned), *answers)
    try:
        with system.listening(stage.push_to, endpoint["secret"], *answers):
            probe(stage, endpoint)
            _wait_for_decision(stage, _revise(stage, returned))
    finally:
        close_endpoint(stage, endpoint)
    return system.look(*answers)


def _revise(stage: Stage, returned: Response) -> Response:
    body = {"position": 2, "reason": f"{REASON}图片说明已补正。"}
    deed, path = "nominates it again, as it is filed now", f"/nominations/{returned['id']}/revision"
    revised = stage.office.act(deed, "POST", path, body)
    before = stage.office.ask("GET", f"/nominations/{returned['id']}")
    stage.narrator.add(f"revision {revised['revision']}; revision {before['revision']} is {before['status']}")
    return revised


def _wait_for_decision(stage: Stage, revised: Response) -> None:
    """A message wakes the other side, which fetches and answers by itself."""
    path = f"/nominations/{revised['id']}"
    wait_for("The nomination is decided", lambda: stage.office.ask("GET", path)["status"] == "decided")
    _show_answers(stage, revised["id"])
    show_deliveries(stage, revised["id"])


def _compare(stage: Stage, compared: Mapping[str, Any]) -> None:
    manifest = stage.office.act("reads the manifest", "GET", f"/nomination-manifests/{stage.campaign_id}")
    for each in manifest["entries"]:
        line = f"revision {each['revision']}, {each['digest'][:16]}…, {each['status']}"
        stage.narrator.add(f"  {each['application_number']} {line}")
    differ = ", ".join(f"{name} {len(compared[name])}" for name in ("missing", "unknown", "different"))
    stage.narrator.tell(f"{NAME} compares it with what it holds: agrees {compared['agrees']}; {differ}")
