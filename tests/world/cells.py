"""Cells of a campaign's own, one of each control, and values that suit them."""

from typing import Any

from app.services.policies.filing.own_cells import OwnCell

PLAIN: dict[str, Any] = {"need": "optional", "blind": False, "public": True}


def cell(code: str, control: str, **more: Any) -> dict[str, Any]:
    """A definition as settings have it."""
    return PLAIN | {"code": code, "name": f"栏目{code}", "control": control} | more


ROLES = [{"code": "author", "name": "执笔人"}, {"code": "contact", "name": "联系人"}]
OWN = [
    cell("slogan", "line", maximum=20, need="required"),
    cell("outlook", "text", minimum=2, maximum=10, need="advised"),
    cell("people", "number", minimum=1, maximum=5000, blind=True),
    cell("since", "date"),
    cell("run", "period"),
    cell("scale", "choice", options=[{"code": "town", "name": "全街道"}, {"code": "district", "name": "全区"}]),
    cell("hotline", "phone", public=False),
    cell("pledge", "consent", need="required", public=False),
    cell("team", "persons", maximum=3, options=ROLES, blind=True),
    cell("video", "links", maximum=2),
    cell("village", "text", stamp="村（社区）盖章", blind=True, public=False),
]
DEFINED = [OwnCell.model_validate(each) for each in OWN]
FILLED: dict[str, Any] = {
    "slogan": "小红帽 大温暖",
    "outlook": "推广到全区",
    "people": 1200.5,
    "since": "2015-03",
    "run": {"started_on": "2014", "ended_on": "ongoing"},
    "scale": "town",
    "hotline": "0315-3724062",
    "pledge": True,
    "team": [{"name": "李文博", "role": "author", "phone": "13900000000"}, {"name": "张弓"}],
    "video": [{"name": "宣传片", "url": "https://example.org/video/7"}],
    "village": "龙华社区党委：同意推荐。",
}
"""As it is stored."""
IN_WORDS = {
    "slogan": "小红帽 大温暖",
    "outlook": "推广到全区",
    "people": "1200.5",
    "since": "2015年3月",
    "run": "2014年至今",
    "scale": "全街道",
    "hotline": "0315-3724062",
    "pledge": "是",
    "team": "李文博，执笔人，13900000000\n张弓",
    "video": "宣传片，https://example.org/video/7",
    "village": "龙华社区党委：同意推荐。",
}
