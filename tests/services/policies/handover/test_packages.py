import csv
from io import StringIO

from app.services.policies.handover.packages import COLUMNS, Listed, Packed, bagged, index, text

PLAIN = Listed(1, "2015-QT-001", 1, "“红马甲”", "龙华社区", "乔屯街道", "优秀案例", "第1号", "id", "9f" * 32)
NASTY = Listed(2, "2015-QT-002", 1, "=1+1", "<script>alert(1)</script>", "甲,乙\n丙", "", "", "id", "9f" * 32)


def written(files: list[Packed]) -> dict[str, str]:
    return {file.path: (file.content or b"").decode("utf-8-sig") for file in files}


def test_a_bag_says_what_it_carries_and_under_which_checksums() -> None:
    payload = [Packed("data/a/payload.json", "aa", 10), text("data/index.csv", "四字")]
    files = bagged(payload, {"Contact-Name": "张弓"})
    texts = written(files)
    assert texts["bagit.txt"] == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert texts["bag-info.txt"] == "Contact-Name: 张弓\nPayload-Oxum: 16.2\n"
    assert texts["manifest-sha256.txt"] == f"aa  data/a/payload.json\n{payload[1].sha256}  data/index.csv\n"
    tags = {file.path: file.sha256 for file in files[:3]}
    assert texts["tagmanifest-sha256.txt"] == "".join(f"{sha256}  {path}\n" for path, sha256 in tags.items())
    assert files[4:] == payload


def test_the_index_is_safe_to_open_and_loses_nothing() -> None:
    page, table = index("活动 & 推荐", [PLAIN, NASTY])
    assert (page.path, table.path) == ("data/index.html", "data/index.csv")
    html = (page.content or b"").decode()
    assert "<script>" not in html
    assert "活动 &amp; 推荐" in html
    assert "共 2 件" in html
    rows = list(csv.reader(StringIO((table.content or b"").decode("utf-8-sig"))))
    assert rows[0] == list(COLUMNS)
    assert rows[1] == PLAIN.cells
    assert rows[2] == [f"'{cell}" if cell == "=1+1" else cell for cell in NASTY.cells]
