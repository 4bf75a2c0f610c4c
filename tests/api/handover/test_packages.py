import csv
import hashlib
import re
import zipfile
from io import BytesIO, StringIO
from pathlib import Path

import bagit
import pytest
from httpx2 import Response

from app.services.files import key_of
from app.storage import BLOCK, ObjectMissing, Storage
from tests.world import FORM, World, codes_of, key
from tests.world.handover import NOMINATIONS, Nominating, nominating
from tests.world.uploads import photo

NAME = re.compile(r'filename="(2015-[0-9a-f]{6}-nominations-20150421)\.zip"')


async def unpacked(answer: Response, folder: Path) -> Path:
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    name: str = NAME.findall(answer.headers["content-disposition"])[0]
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert {each.partition("/")[0] for each in archive.namelist()} == {name}
        archive.extractall(folder)
    return folder / name


async def test_the_package_is_a_bag_by_the_library_of_congress(world: World, tmp_path: Path) -> None:
    place = await nominating(world, 2)
    made = [await place.nominated(case) for case in range(2)]
    root = await unpacked(await place.by_municipal.get(place.package), tmp_path)
    bag = bagit.Bag(str(root))
    bag.validate()
    assert (bag.version_info, bag.encoding) == ((1, 0), "UTF-8")
    assert bag.info["External-Identifier"] == f"urn:uuid:{place.campaign.id}"
    assert bag.info["Bagging-Date"] == "2015-04-21"
    assert bag.info["Source-Organization"] == "路北区精神文明建设委员会办公室"
    files = [path for path in (root / "data").rglob("*") if path.is_file()]
    assert bag.info["Payload-Oxum"] == f"{sum(path.stat().st_size for path in files)}.{len(files)}"
    assert len(bag.payload_entries()) == len(files) == 2 * 6 + 2
    for nomination in made:
        folder = root / "data" / nomination["application_number"]
        payload = (await place.by_municipal.get(f"{NOMINATIONS}/{nomination['id']}/payload")).content
        assert (folder / "payload.json").read_bytes() == payload
        assert bag.payload_entries()[f"data/{folder.name}/payload.json"]["sha256"] == nomination["payload_digest"]
        assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) == [
            "endorsement.pdf",
            "form.docx",
            "form.pdf",
            "images/1.jpg",
            "images/2.jpg",
            "payload.json",
        ]


async def test_every_file_is_byte_for_byte_what_its_payload_names(world: World, tmp_path: Path) -> None:
    place = await nominating(world, 2)
    for case in range(2):
        made = await place.nominated(case)
        payload = (await place.by_office.get(f"{NOMINATIONS}/{made['id']}/payload")).json()
        root = await unpacked(await place.by_office.get(place.package), tmp_path / str(case))
        for file in payload["files"]:
            data = (root / "data" / made["application_number"] / file["path"]).read_bytes()
            assert (hashlib.sha256(data).hexdigest(), len(data)) == (file["sha256"], file["size"])


async def test_the_forms_are_those_of_the_filed_version_and_the_same_each_time(world: World, tmp_path: Path) -> None:
    place = await nominating(world)
    made = await place.nominated()
    case = f"/api/v1/applications/{place.cases[0]}"
    version = (await place.by_office.get(f"{NOMINATIONS}/{made['id']}/payload")).json()["application"]["version"]
    for number, client in enumerate((place.by_office, place.by_municipal)):
        folder = await unpacked(await client.get(place.package), tmp_path / str(number))
        for form in ("pdf", "docx"):
            chosen = {"version": version, "pictures": "none", "format": form}
            printed = await place.by_office.get(f"{case}/form", params=chosen)
            packed = (folder / "data" / made["application_number"] / f"form.{form}").read_bytes()
            assert packed == printed.content, "made anew, the same is the same bytes"


async def test_a_changed_byte_is_found_out(world: World, tmp_path: Path) -> None:
    place = await nominating(world)
    made = await place.nominated()
    root = await unpacked(await place.by_office.get(place.package), tmp_path)
    picture = root / "data" / made["application_number"] / "images" / "1.jpg"
    picture.write_bytes(picture.read_bytes()[:-1] + b"\0")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(root)).validate()


async def test_people_find_their_way_by_the_index_and_no_telephone_in_it(world: World, tmp_path: Path) -> None:
    place = await nominating(world, 2)
    late, early = await place.nominate(0, position=9), await place.nominate(1, position=1)
    root = await unpacked(await place.by_office.get(place.package), tmp_path)
    table = (root / "data" / "index.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(StringIO(table, newline="")))
    assert [(row["推荐次序"], row["推荐编号"], row["内容SHA-256"]) for row in rows] == [
        (str(each["position"]), each["id"], each["payload_digest"]) for each in (early.json(), late.json())
    ]
    page = (root / "data" / "index.html").read_text("utf-8")
    for text in (table, page, (root / "bag-info.txt").read_text("utf-8")):
        assert FORM["phone"] not in text
        assert FORM["leader_name"] not in text
    assert "第1号品牌" in page
    assert codes_of(place.campaign.settings).isdisjoint(re.findall("[a-z_]+", table + page))


async def test_what_was_replaced_or_withdrawn_is_not_packed(world: World, tmp_path: Path) -> None:
    place = await nominating(world, 2)
    first, taken_back = await place.nominated(0), await place.nominated(1)
    await place.answer(first, "returned")
    again = {"position": 1, "reason": "已更正。", "despite_unchanged": True}
    path = f"{NOMINATIONS}/{first['id']}/revision"
    second = (await place.by_office.post(path, json=again, headers=key())).json()
    await place.by_office.post(f"{NOMINATIONS}/{taken_back['id']}/withdrawal", json={"reason": "撤回"})
    root = await unpacked(await place.by_office.get(place.package), tmp_path)
    (payload,) = (root / "data").rglob("payload.json")
    assert hashlib.sha256(payload.read_bytes()).hexdigest() == second["payload_digest"]


async def test_a_package_without_nominations_is_a_bag_too(world: World, tmp_path: Path) -> None:
    place: Nominating = await nominating(world, 0)
    root = await unpacked(await place.by_office.get(place.package), tmp_path)
    bagit.Bag(str(root)).validate()
    assert len(list((root / "data").iterdir())) == 2


async def test_a_file_comes_a_block_at_a_time_and_a_lost_one_breaks_the_answer(world: World) -> None:
    place = await nominating(world)
    await place.nominated()
    storage: Storage = world.app.state.storage
    data = photo(250, kind="BMP", size=(800, 600))
    file_id = place.cases[0]
    await storage.put(
        key_of(file_id), data, media_type="application/octet-stream", sha256=hashlib.sha256(data).hexdigest()
    )
    pieces = [
        piece async for piece in storage.drawn(storage.blocks(key_of(file_id), sha256=hashlib.sha256(data).hexdigest()))
    ]
    assert b"".join(pieces) == data
    assert [len(piece) for piece in pieces[:-1]] == [BLOCK] * (len(data) // BLOCK)
    await storage.delete(key_of(file_id))
    with pytest.raises(ObjectMissing):
        [
            piece
            async for piece in storage.drawn(storage.blocks(key_of(file_id), sha256=hashlib.sha256(data).hexdigest()))
        ]
