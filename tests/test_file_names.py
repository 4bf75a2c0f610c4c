import pytest

from app.file_names import MOST_BYTES, Part, named


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("2015年 工作要点", "2015年_工作要点.pdf"),
        ('附件1/3：“表”<a>|b?*"', "附件1_3：“表”_a_b.pdf"),
        ("..\\..\\etc", "etc.pdf"),
        ("长" * 100, "长" * (MOST_BYTES // 3) + ".pdf"),
    ],
)
def test_a_name_is_one_that_every_system_takes(title: str, said: str) -> None:
    assert named("application/pdf", Part(title, "2015 notice/01")) == (said, "2015_notice_01.pdf")
