"""The chapter of the units: what they write, what they send, and what they get wrong at first."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from uuid import uuid4

from PIL import Image

from demo import content
from demo.attaching import attach, choose_cover, read_back
from demo.cast import UnitPlayer
from demo.client import File, Response
from demo.stage import EVENTFUL, LATE, OPINIONS, Fate, Stage

DRAFT_PICTURES = 2
"""As many has a unit that has only begun."""


def write_applications(stage: Stage) -> None:
    """附件2 with its pictures: three units that make every mistake, then all the others."""
    stage.narrator.chapter("The units write their applications (附件2): about 2000 字 and 5 to 8 pictures")
    hasty, careless, clumsy = stage.committees[EVENTFUL].units
    _too_few_pictures(stage, hasty, careless)
    _too_short(stage, careless)
    _wrong_pictures(stage, clumsy)
    for player in stage.others(EVENTFUL):
        for unit in player.units:
            _write(stage, unit, stage.fate(player, unit), late=unit is player.units[-1] and player is _late(stage))


def _late(stage: Stage) -> object:
    return stage.committees[LATE]


def begin(stage: Stage, unit: UnitPlayer, **changes: Any) -> Response:
    """Begin the unit's application."""
    body = stage.body_of(content.application_form(unit.seed)) | {"campaign_id": stage.campaign_id} | changes
    application = unit.person.ask("POST", "/applications", body)
    stage.applications[unit.unit_id] = application["id"]
    return application


def add_pictures(stage: Stage, unit: UnitPlayer, numbers: Iterable[int]) -> None:
    """Take the pictures and send them one by one; the next are developed while one is on its way."""
    chosen = list(numbers)
    with ThreadPoolExecutor(2) as darkroom:
        pictures = darkroom.map(stage.scale.photograph, [_view(unit, number) for number in chosen])
        for number, picture in zip(chosen, pictures, strict=True):
            unit.person.ask("POST", f"{stage.application(unit)}/images", form=picture_form(unit, number, picture))


def picture_form(unit: UnitPlayer, number: int, picture: bytes) -> dict[str, str | File]:
    caption = content.application_form(unit.seed).captions[number]
    return {"file": File(f"照片{number + 1}.jpg", picture, "image/jpeg"), "caption": caption}


def hand_in(stage: Stage, unit: UnitPlayer) -> None:
    unit.person.act("hands it in", "POST", f"{stage.application(unit)}/submission")


def _view(unit: UnitPlayer, number: int) -> int:
    return unit.seed * 10 + number


def _write(stage: Stage, unit: UnitPlayer, fate: Fate, *, late: bool) -> None:
    """Write an application without a mistake, and hand it in unless it is to stay a draft or comes too late."""
    begun = begin(stage, unit)
    count = DRAFT_PICTURES if fate is Fate.DRAFTED else stage.scale.pictures(unit.seed)
    add_pictures(stage, unit, range(count))
    stays = fate is Fate.DRAFTED or late
    if not stays:
        unit.person.ask("POST", f"{stage.application(unit)}/submission")
    summary = f"{begun['number']} {begun['brand_name']}: {begun['narrative_length']} 字, {count} pictures"
    stage.narrator.tell(f"{unit.unit.name} {'drafts' if stays else 'hands in'} {summary}")


def _too_few_pictures(stage: Stage, unit: UnitPlayer, partner: UnitPlayer) -> None:
    application = begin(stage, unit)
    stage.narrator.tell(f"{unit.unit.name} begins {application['number']} {application['brand_name']}")
    stage.narrator.add(f"{application['narrative_length']} 字; four pictures of {_size(stage, unit)} follow")
    add_pictures(stage, unit, range(4))
    path, key = f"{stage.application(unit)}/submission", str(uuid4())
    unit.person.fail("hands it in", "too_few_images", "POST", path)
    add_pictures(stage, unit, [4])
    _jointly(stage, unit, partner)
    unit.person.act("adds the fifth and hands it in", "POST", path, key=key)
    again = unit.person.act("presses the button twice: same Idempotency-Key", "POST", path, key=key)
    stage.narrator.add(f"Idempotency-Replayed: {again.headers['idempotency-replayed']}, status {again['status']}")


def _jointly(stage: Stage, unit: UnitPlayer, partner: UnitPlayer) -> None:
    """Another unit applies together with this one (联合申报)."""
    path = stage.application(unit)
    etag = unit.person.ask("GET", path)["etag"]
    body = {"partners": [{"name": partner.unit.name}]}
    unit.person.act(f"names {partner.unit.name} as its partner", "PUT", f"{path}/partners", body, if_match=etag)
    unit.person.fail("hands it in", "partner_not_agreed", "POST", f"{path}/submission")
    partner.person.act("agrees to apply jointly", "POST", f"{path}/partnership")


def _size(stage: Stage, unit: UnitPlayer) -> str:
    picture = stage.scale.photograph(_view(unit, 0))
    width, height = Image.open(BytesIO(picture)).size
    return f"{width * height / 1e6:.1f} megapixels and {len(picture) / 1e6:.1f} MB each"


def _too_short(stage: Stage, unit: UnitPlayer) -> None:
    short = begin(stage, unit, phone=None, **vars(content.short_text(unit.seed)))
    path = stage.application(unit)
    stage.narrator.tell(f"{unit.unit.name} begins {short['number']} in a hurry: {short['narrative_length']} 字")
    unit.person.fail("hands it in", "narrative_too_short", "POST", f"{path}/submission")
    form = stage.body_of(content.application_form(unit.seed))
    unit.person.act("writes it out in full", "PATCH", path, form, if_match=short["etag"])
    stale = {"brand_name": "另一个人的旧页面"}
    unit.person.fail("saves an older page over it", "stale-version", "PATCH", path, stale, if_match=short["etag"])
    add_pictures(stage, unit, range(8))
    ninth = picture_form(unit, 7, stage.scale.photograph(_view(unit, 8)))
    unit.person.fail("sends a ninth picture", "too_many_images", "POST", f"{path}/images", form=ninth)
    hand_in(stage, unit)


def _wrong_pictures(stage: Stage, unit: UnitPlayer) -> None:
    begun = begin(stage, unit)
    path = f"{stage.application(unit)}/images"
    stage.narrator.tell(f"{unit.unit.name} begins {begun['number']} {begun['brand_name']}")
    picture = stage.scale.photograph(_view(unit, 0))
    wrong = {
        "unsupported_image": ("sends a GIF that is called .jpg", _gif(picture)),
        "broken_image": ("sends a photograph that broke off half-way", picture[: len(picture) // 2]),
    }
    for code, (deed, data) in wrong.items():
        unit.person.fail(deed, code, "POST", path, form=picture_form(unit, 0, data))
    unit.person.act("sends the photograph itself", "POST", path, form=picture_form(unit, 0, picture))
    again = picture_form(unit, 1, picture)
    unit.person.fail("sends the same photograph again", "duplicate_image", "POST", path, form=again)
    add_pictures(stage, unit, range(1, 6))
    attach(stage, unit)
    read_back(stage, unit)
    choose_cover(stage, unit)
    _ask_below(stage, unit)
    hand_in(stage, unit)


def _ask_below(stage: Stage, unit: UnitPlayer) -> None:
    """Forget the opinion of the body below the committee, where the notice asks for one."""
    if stage.template not in OPINIONS:
        return
    path, given = stage.application(unit), OPINIONS[stage.template]
    unit.person.ask("PATCH", path, {"cells": dict.fromkeys(given)}, if_match="*")
    unit.person.fail("hands it in without its community's opinion", "required", "POST", f"{path}/submission")
    unit.person.act("enters the opinion from the stamped paper", "PATCH", path, {"cells": given}, if_match="*")


def _gif(picture: bytes) -> bytes:
    buffer = BytesIO()
    Image.open(BytesIO(picture)).resize((800, 600)).save(buffer, "GIF")
    return buffer.getvalue()
