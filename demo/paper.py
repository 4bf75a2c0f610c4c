"""The chapter of paper (代录) and of a merger: a committee without any account, whose street is then merged."""

from dataclasses import replace
from typing import Any

from demo import content
from demo.cast import Person
from demo.client import File
from demo.photos import stamped_print
from demo.stage import Stage

PAPER, SUCCESSOR = "老城街道党工委", "新城街道党工委"
CODES = {PAPER: "LAO", SUCCESSOR: "XIN"}
"""Free again at the end of each play, when both are retired."""
UNIT = "老城街道钟楼社区"
SEED = 900
LETTER = "老城街道来函（纸质材料，加盖公章）"
MERGER = {"reason": "机构改革：老城街道并入新城街道"}


def enter_from_paper(stage: Stage) -> None:
    """Enter a plan and an application in a committee's seat, as the office, and merge the committee away."""
    stage.narrator.chapter("A committee works on paper: the office enters its form (代录); then the street is merged")
    paper, successor = (_register(stage, name) for name in (PAPER, SUCCESSOR))
    unit = {"name": UNIT, "honour_level": "district", "committee_id": paper}
    unit_id = stage.office.ask("POST", "/units", unit)["id"]
    clerk = _seated(stage, paper)
    if stage.asks_for_plans:
        plan = {"campaign_id": stage.campaign_id, "cases": [{"name": "钟楼夜话", "unit_id": unit_id}]}
        clerk.act("enters the plan as it came on paper", "POST", "/plans", plan)
    _enter(stage, clerk, unit_id)
    _look_at_the_history(stage)
    _merge(stage, paper, successor)
    for path in (f"/units/{unit_id}", f"/committees/{successor}"):
        stage.office.ask("POST", f"{path}/retirement")  # the next play begins with the same names
    clerk.fail("goes on entering", "seat-not-open", "GET", "/units")


def _register(stage: Stage, name: str) -> str:
    body = {"code": CODES[name], "name": name, "kind": "township_subdistrict"}
    return str(stage.office.act(f"registers {name}", "POST", "/committees", body)["id"])


def _seated(stage: Stage, committee_id: str) -> Person:
    """The clerk in the committee's seat, who has just proven who they are."""
    stage.office.ask("POST", "/session/reauthentication", {"password": stage.door.password})
    body = {"committee_id": committee_id, "reason": LETTER}
    seat = stage.office.act(f"takes the seat of {PAPER} on paper: {LETTER}", "POST", "/seats", body)
    client = replace(stage.office.client, seat=seat["id"])
    return replace(stage.office, name=f"{stage.office.name}（代录：{PAPER}）", client=client)


def _enter(stage: Stage, clerk: Person, unit_id: str) -> None:
    form = content.application_form(SEED)
    body: dict[str, Any] = stage.body_of(form) | {"campaign_id": stage.campaign_id, "unit_id": unit_id}
    application = clerk.act("types the form in", "POST", "/applications", body)
    path = f"/applications/{application['id']}"
    early = clerk.client.download(f"{path}/form?format=pdf")
    for number in range(5):
        picture = File(f"照片{number + 1}.jpg", stage.scale.photograph(SEED + number), "image/jpeg")
        clerk.ask("POST", f"{path}/images", form={"file": picture, "caption": form.captions[number]})
    clerk.act("hands it in for the unit", "POST", f"{path}/submission")
    read, seal = clerk.ask("GET", path), f"{path}/endorsement"
    old = {"file": File("审核盖章.pdf", stamped_print(early, SEED), "application/pdf")}
    clerk.fail("scans a form that was printed before", "another_paper", "POST", seal, form=old, if_match=read["etag"])
    printed = clerk.client.download(f"{path}/form?format=pdf")
    scan = {"file": File("审核盖章.pdf", stamped_print(printed, SEED), "application/pdf")}
    for each in read["actions"]["endorse"]["findings"]:
        stage.narrator.add(f"before the seal: {each['message']}")
    clerk.act("scans the stamped paper", "POST", seal, form=scan, if_match=read["etag"])
    verified = clerk.ask("GET", seal)["paper_verified"]
    stage.narrator.add(f"the code on the paper is that of this content: {verified}")


def _look_at_the_history(stage: Stage) -> None:
    events = stage.office.ask("GET", "/audit-events?action=application.endorsed&limit=1")["items"]
    seat = events[0]["data"]["acting_for"]
    stage.narrator.add(f"the history: by {events[0]['actor_name']}, for {seat['name']}, on paper")


def _merge(stage: Stage, paper: str, successor: str) -> None:
    path, body = f"/committees/{paper}/merger", MERGER | {"successor_id": successor}
    stage.office.act(f"tries the merger out: {MERGER['reason']}", "POST", path, body | {"dry_run": True})
    done = stage.office.act("merges", "POST", path, body)
    stage.narrator.add(
        f"{done['units']} unit, {done['applications_moved']} application and {done['plans_moved']} plan went along; "
        f"{done['seals_voided']} seal is void, for the successor to give its own"
    )
