"""Words of the district's own: a kind of committees and a level of titles that the notice of 2015 does not have."""

from typing import Any

from demo import content
from demo.stage import MODEL, Stage

OF_ITS_OWN = ("sample-2025",)
"""The templates whose district has them."""
SCHOOLS = {"code": "schools", "label": "学校党（工）委", "label_en": "Party committees of schools", "retired": False}
CAMPUS = {"code": "campus", "label": "文明校园", "label_en": "Civilized campus", "retired": False}
KEPT = {"committee-kind": SCHOOLS, "honour-level": CAMPUS}


def keep_words(stage: Stage) -> None:
    """Add the words to the office's vocabularies, the title as the second, and name both in the drafted notice."""
    if stage.template not in OF_ITS_OWN:
        return
    for name, word in KEPT.items():
        _keep(stage, name, word)
    path = f"/campaigns/{stage.campaign_id}"
    campaign = stage.office.ask("GET", path)
    settings = campaign["settings"]
    limit = {"kind": SCHOOLS["code"], "minimum": settings["minimum_filed"], "maximum": settings["maximum_filed"]}
    named = {
        "honour_levels": [*settings["honour_levels"], CAMPUS["code"]],
        "filed_by_kind": [*settings["filed_by_kind"], limit],
    }
    stage.office.act("names both in the draft", "PUT", path, settings | named, if_match=campaign["etag"])
    without = {"words": [each for each in stage.office.ask("GET", _path("honour-level"))["words"] if each != CAMPUS]}
    stage.office.fail("removes the title", "word_used", "PUT", _path("honour-level"), without, if_match="*")


def _keep(stage: Stage, name: str, word: dict[str, Any]) -> None:
    found = stage.office.ask("GET", _path(name))
    first, *others = (each for each in found["words"] if each["code"] != word["code"])
    words = {"words": [first, word, *others]}
    stage.office.act(f"has “{word['label']}” as a word of {name}", "PUT", _path(name), words, if_match=found["etag"])


def _path(name: str) -> str:
    return f"/vocabularies/{name}"


def worded(stage: Stage, committee: content.Committee, row: dict[str, Any]) -> dict[str, Any]:
    """Give the schools' committee its kind, and its first unit its title, where the district has the words."""
    if stage.template not in OF_ITS_OWN or committee.code != MODEL:
        return row
    first, *others = row["units"]
    return row | {"kind": SCHOOLS["code"], "units": [first | {"honour_level": CAMPUS["code"]}, *others]}
