from uuid import uuid4

from app.models.enums import Language
from app.services.policies.filing.closures import MOST_NAMES, UNDER_WAY, Owing, closing_advice

NOTHING = dict.fromkeys(UNDER_WAY, 0)


def owing(name: str, *, in_preparation: int = 0, plan_owed: bool = False, filed: int = 2) -> Owing:
    return Owing(uuid4(), name, in_preparation, plan_owed, filed, 2)


def said(*committees: Owing, language: Language = Language.ZH, **under_way: int) -> list[str]:
    return [each.worded(language).message for each in closing_advice("党（工）委", committees, NOTHING | under_way)]


def test_nothing_open_is_nothing_said() -> None:
    assert owing("甲").is_done
    assert said(owing("甲")) == []


def test_each_thing_that_is_open_is_said_once_with_its_names_and_numbers() -> None:
    committees = owing("甲", plan_owed=True, filed=0), owing("乙", in_preparation=3, filed=1)
    assert said(*committees, rounds=2, deliveries=1) == [
        "尚有 1 个党（工）委的实施计划未报送或退回后未重报：甲。",
        "乙：尚有 3 件未办完，结束后不再受理。",
        "尚有 2 个党（工）委上报不足（已上报件数/最低件数）：甲 0/2、乙 1/2。",
        "尚有 2 个评选轮次未结束。",
        "尚有 1 条报送消息未送达。",
    ]


def test_a_long_list_of_names_is_cut_and_counted() -> None:
    many = [owing(f"第{at}", plan_owed=True) for at in range(MOST_NAMES + 1)]
    (chinese,), (english,) = said(*many), said(*many, language=Language.EN)
    assert f"{MOST_NAMES + 1} 个" in chinese
    assert chinese.endswith(f"、第{MOST_NAMES - 1}等。")
    assert english.endswith(f", 第{MOST_NAMES - 1} and others.")
