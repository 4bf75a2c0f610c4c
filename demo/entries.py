"""One notice of several entries: the campaign that is played, and short films in two batches, which are only begun."""

from typing import Any

from demo.stage import Stage

SEVERAL = ("sample-2025",)
"""The templates that are one entry of a notice of several."""
FILMS, FIRST, SECOND = "微视频", "第一批", "第二批"
RULES: dict[str, Any] = {"entries_per_unit": {"most": 1, "effect": "advised"}, "one_batch": "refused"}


def bring_together(stage: Stage) -> None:
    """Put the drafted campaign into a programme as its first entry, and begin the batches of the second."""
    if stage.template not in SEVERAL:
        return
    campaign, office = stage.campaign(), stage.office
    settings = campaign["settings"]
    notice = {"title": f"关于开展{settings['name']}的通知", "year": settings["year"]} | RULES
    body = notice | {"organizer": settings["organizer"]["name"]}
    programme = office.act("begins a notice of several entries (系列活动)", "POST", "/programmes", body)
    stage.programme_id = programme["id"]
    path = f"/programmes/{stage.programme_id}/campaigns"
    placed = {"campaigns": [{"campaign_id": stage.campaign_id, "entry": "优秀案例"}]}
    office.act("makes the campaign its first entry", "PUT", path, placed, if_match=programme["etag"])
    film = {"copy_of": stage.campaign_id, "entry": FILMS, "batch": FIRST, "name": f"{FILMS}征集活动（{FIRST}）"}
    twice = {"campaigns": [film, film]}
    office.fail("begins the same batch twice", "same_labels", "POST", path, twice)
    (first,) = office.act("begins a second entry as a copy", "POST", path, {"campaigns": [film]})["campaigns"]
    _simplify(stage, first["id"])
    later = {"copy_of": first["id"], "entry": FILMS, "batch": SECOND, "months_later": 3}
    office.act("copies it as a batch three months later", "POST", path, {"campaigns": [later]})
    for each in office.ask("GET", f"/programmes/{stage.programme_id}")["campaigns"]:
        until = each["application_deadline"]["published_on"]
        stage.narrator.add(f"{each['entry']} {each['batch'] or ''}: {each['name']}, until {until}")


def _simplify(stage: Stage, campaign_id: str) -> None:
    """Give the second entry another form: one cell of its own, and no supporting documents."""
    path = f"/campaigns/{campaign_id}"
    found = stage.office.ask("GET", path)
    settings = found["settings"]
    links = [cell for cell in settings["cells"] if cell["control"] == "links"]
    form = settings | {"cells": links, "attachments": []}
    stage.office.act("gives it a form of its own", "PUT", path, form, if_match=found["etag"])


def show_together(stage: Stage) -> None:
    """Show what the committees have filed in all entries and batches."""
    if stage.programme_id:
        stage.narrator.chapter("All entries and batches of the notice")
        for each in stage.office.client.pages(f"/programmes/{stage.programme_id}/progress"):
            stage.narrator.add(f"{each['committee_name']}: {'；'.join(map(_said, each['by_campaign']))}")


def _said(one: dict[str, Any]) -> str:
    labels = "·".join(filter(None, (one["entry"], one["batch"])))
    return f"{labels}{one['filed']}件"
