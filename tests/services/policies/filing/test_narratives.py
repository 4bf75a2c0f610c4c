import pytest

from app.services.policies.filing.narratives import count_characters


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" \t\r\n\u00a0\u3000\u200b", 0),
        ("文明单位", 4),
        ("文明 单位\n路北", 6),
        ("创新、品牌。", 6),
        ("“大爱唐山·善行路北”", 11),
        ("《要点》（试行）！？；：", 12),
        ("……——", 4),
        ("word", 1),
        ("two words", 2),
        ("2015年9月14日", 6),
        ("3724062", 1),
        ("A4纸", 2),
        ("4K高清LED屏", 5),
        ("3.5", 2),
        ("e-mail", 2),
        ("1,200人", 3),
        ("95%以上", 3),
        ("snake_case", 2),
        ("-", 0),
        ("...!?", 0),
        ("café Łódź", 2),
        ("ＡＢＣ１２３", 6),
        ("％", 1),
        ("𠀀𪜀𰀀", 3),
        ("㐀豈⺀々〇", 5),
        ("ひらカタ", 4),
        ("👍文明👨\u200d👩\u200d👧", 2),
        ("＂引号＂", 4),
        ("\u3164\uffa0文\u1160明", 2),
    ],
)
def test_count_characters(text: str, count: int) -> None:
    assert count_characters(text) == count
