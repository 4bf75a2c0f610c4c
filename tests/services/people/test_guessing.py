import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from app.services.people import guessing
from app.services.policies.people.passwords import MINIMUM, Judgement

LAN = [
    "tangshan.library",
    "王秀兰",
    "0315-3724062",
    "xl.wang@example.org",
    "中共路北区果园街道工作委员会",
    "路北区实验小学",
]


@pytest.mark.parametrize(
    "password", ["password1234", "qwertyuiop123456", "1q2w3e4r5t6y", "13803151234", "李文博李文博李文博"]
)
async def test_what_is_tried_first_is_guessable(password: str) -> None:
    judged = await guessing.judged(password, ["longhua.li", "李文博", "13803151234", None])
    assert judged.guessable


@pytest.mark.parametrize(
    "password", ["竹筏 暖壶 第七页 山雀 borrowed-lamp", "x9Kq-2mWz-77Lp", "老太太过马路要人扶一把哦"]
)
async def test_what_nobody_would_try_is_not(password: str) -> None:
    judged = await guessing.judged(password, ["longhua.li", "李文博", None])
    assert judged == Judgement(guessable=False, known_words=False)


async def test_a_password_made_to_keep_the_estimator_busy_is_not_judged_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []

    def estimator(password: str, **_: object) -> dict[str, int]:
        judged.append(password)
        return {"score": 4}

    monkeypatch.setattr("zxcvbn.zxcvbn", estimator)
    crafted = "4@8({[<369!1|0$5+7%2x" * 6
    await guessing.judged(crafted, [])
    assert [len(each) for each in judged] == [32, 32]


@pytest.mark.parametrize(
    "password",
    [
        *(
            "woaini5201314",
            "WoAiNi@1314520",
            "a5201314woaini",
            "woaini1314baobei",
            "qwer1234ASDF5678",
            "我爱你我爱你一生一世1314",
        ),
        *(
            "Tangshan@2015",
            "T@ngsh4n_2015",
            "lubei-wenming-2015",
            "唐山路北文明办2015",
            "pinpai2015wenming",
            "WMB-Lubei-063000",
        ),
        *("wenmingban@lubei1", "chuangjian-pinpai", "Spring-2015-lubei", "大爱唐山·善行路北2015", "guanliyuan@1234"),
        *(
            "王秀兰03153724062",
            "wangxiulan1982",
            "WXL-19820314-wxl",
            "xiulanwang@0314",
            "王秀兰王秀兰3724062",
            "wxl3724062wxl",
        ),
        *(
            "ＷＡＮＧＸＩＵＬＡＮ２０１５",
            "130203198203140021",
            "shiyanxiaoxue2015",
            "路北区实验小学123",
            "guoyuanjiedao@88",
        ),
        *("Library@Tangshan", "tangshan.library!", "zhang123456wang", "Huawei@20150421", "mima-mima-8888"),
    ],
)
async def test_known_words_alone_make_no_password(password: str) -> None:
    judged = await guessing.judged(password, LAN)
    assert judged.guessable or judged.known_words


@pytest.mark.parametrize(
    "password",
    [
        *("竹筏 暖壶 第七页 山雀 borrowed-lamp", "borrowed lamp, tin heron", "quiet harbour, nine kites"),
        *("x9Kq-2mWz-77Lp", "老太太过马路要人扶一把哦", "gusty-otter-maple-48", "correct horse battery staple"),
        *(
            "路北的竹筏借了七把旧雨伞给山雀",
            "lubei borrowed tin heron 2015",
            "Qm9w1ZkqX3v5u8y2",
            "半夜纸船撞翻铜壶三只",
        ),
    ],
)
async def test_words_that_have_nothing_to_do_with_each_other_do(password: str) -> None:
    assert await guessing.judged(password, LAN) == Judgement(guessable=False, known_words=False)


async def test_a_name_is_known_in_each_of_its_readings() -> None:
    for spelling in ("shantianfang", "dantianfang", "SHAN-tianfang!", "stf-stf-stf-stf"):
        judged = await guessing.judged(f"{spelling}2015", ["单田芳"])
        assert judged.guessable or judged.known_words, spelling


@pytest.mark.thorough
async def test_none_of_the_breached_passwords_that_ship_is_accepted() -> None:
    long = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= MINIMUM]
    judged = [await guessing.judged(word, []) for word in long]
    assert len(long) > 200
    assert [word for word, its in zip(long, judged, strict=True) if not (its.guessable or its.known_words)] == []
