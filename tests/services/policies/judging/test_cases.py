import json

import pytest

from app.services.policies.filing.limit_settings import ImageRole
from app.services.policies.judging.cases import disclosed

ORIGIN = {
    "application_number": "2015-QT-001",
    "unit_name": "乔屯街道龙华社区",
    "committee_name": "乔屯街道党工委",
    "leader_name": "李文博",
    "leader_title": "党支部书记",
}
PHONE = "0315-3724062"
CELLS = {
    "brand_name": "“红马甲”邻里互助站",
    "category": "qingman",
    "started_on": "2015-04-21",
    "ended_on": "2015-08-31",
    "innovation": "变等为送",
    "practices": "分片包户",
    "effects": "满意度提高",
}
SHOWN = {"slot": 1, "caption": "义诊", "width": 800, "height": 600}
KEPT = {"id": "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071", "sha256": "9f" * 32, "size": 1000}
CONTENT = {
    "unit_name": ORIGIN["unit_name"],
    "committee_name": ORIGIN["committee_name"],
    "form": CELLS | {name: ORIGIN[name] for name in ("leader_name", "leader_title")} | {"phone": PHONE},
    "narrative_length": 1986,
    "image_count": 1,
    "images": [KEPT | SHOWN],
}
NO_ROLE = dict.fromkeys(("role", "role_name", "role_name_en"))
SAID = CELLS | {"cells": [], "narrative_length": 1986, "images": [SHOWN | NO_ROLE], "attachments": []}


def test_in_an_open_round_a_judge_reads_everything_but_the_phone_and_what_names_a_picture() -> None:
    assert disclosed(CONTENT, ORIGIN["application_number"], blind=False) == SAID | ORIGIN


def test_in_a_blind_round_the_members_are_the_same_and_say_nothing_of_the_origin() -> None:
    blind = disclosed(CONTENT, ORIGIN["application_number"], blind=True)
    assert blind == SAID | dict.fromkeys(ORIGIN)
    written = json.dumps(blind, ensure_ascii=False)
    assert [word for word in (*ORIGIN.values(), PHONE, *KEPT.values()) if str(word) in written] == []


@pytest.mark.parametrize("blind", [False, True])
def test_the_role_of_a_picture_is_told_by_its_names_while_the_campaign_defines_it(*, blind: bool) -> None:
    cover = ImageRole(code="cover", name="封面图片", name_en="Cover", minimum=1, maximum=1)
    content = CONTENT | {"images": [KEPT | SHOWN | {"role": role} for role in ("cover", "gone")]}
    told = disclosed(content, "2015-QT-001", blind=blind, roles=[cover])["images"]
    named = {"role": "cover", "role_name": "封面图片", "role_name_en": "Cover"}
    assert told == [SHOWN | named, SHOWN | NO_ROLE]
