"""Booklets as the worker binds them: from what was filed and awarded, once for each order."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn
from PIL import Image
from sqlalchemy import select

from app.database import Database
from app.imaging import Facts, ImageLost, ImageRefused, ImagingPool
from app.models import ApplicationVersion, Award, Booklet, Commendation, File, VersionImage
from app.models.enums import AwardStatus, CommendationStatus, FileState
from app.services.commending import booklets
from app.services.commending.booklets import Bindery, ProcessLost
from app.services.files import key_of
from app.services.policies.commending.booklets import MOST_LOSSES
from app.settings import Settings
from app.storage import StorageUnavailable
from demo.photos import photograph, small_photograph
from tests.contract.client import ContractClient
from tests.scenarios.steps import done, read
from tests.world import NOW, World, key
from tests.world.booklets import bind, bindery
from tests.world.commending import award, found
from tests.world.corpus import narrative
from tests.world.filing import District, district
from tests.world.papers import pages_of, text_of_docx
from tests.world.worker import work_off

NAMES = ["邻里互助站", "红马甲"]


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def published(place: District, **cells: str) -> str:
    """Publish a commendation of two filed cases, the later one first; return its address."""
    ids = [await place.sealed(brand_name=name, **(narrative(seed) | cells)) for seed, name in enumerate(NAMES)]
    done(await place.file(*ids), 201)
    await keep_pictures(place.world)
    commendation = Commendation(
        campaign_id=place.campaign.id,
        title="关于表彰优秀案例的通报",
        status=CommendationStatus.PUBLISHED,
        published_at=NOW,
        document_number="路北文明办〔2015〕12号",
    )
    await place.world.add(commendation)
    for position, application_id in zip((2, 1), ids, strict=True):
        version_id = await _filed(place.world.database, application_id)
        of = {"application_id": application_id, "version_id": version_id, "position": position, "pictures": [2]}
        given = {"certificate_number": f"证{position}", "verification_code": f"7K4M{position}", "awarded_at": NOW}
        await award(place.world, commendation, status=AwardStatus.AWARDED, **of, **given)
    return f"/api/v1/commendations/{commendation.id}/booklet"


async def _filed(database: Database, application_id: UUID) -> UUID:
    async with database.transaction() as session:
        latest = select(ApplicationVersion.id).where(ApplicationVersion.application_id == application_id)
        return UUID(str(await session.scalar(latest.order_by(ApplicationVersion.number.desc()).limit(1))))


async def keep_pictures(world: World) -> None:
    """Store bytes of every picture that was filed."""
    async with world.database.transaction() as session:
        shown = await session.scalars(select(File).join(VersionImage, VersionImage.file_id == File.id).distinct())
        for shade, file in enumerate(shown.all()):
            data = small_photograph(shade)
            file.sha256, file.size = sha256(data).hexdigest(), len(data)
            storage = world.app.state.storage
            await storage.put(key_of(file.id), data, media_type="image/jpeg", sha256=file.sha256)


async def ordered(place: District, href: str, **choice: str) -> None:
    assert done(await place.by_office.post(href, json=choice, headers=key()))["status"] == "binding"


async def work(world: World, settings: Settings) -> None:
    async def bind(**args: object) -> None:
        await booklets.bind(bindery(world), booklet_id=str(args["booklet_id"]), number=int(str(args["number"])))

    await work_off(settings, world.database, {booklets.TASK: bind})


async def got(client: ContractClient, href: str, form: str = "pdf") -> bytes:
    answer = await client.get(f"{href}/content", params={"format": form})
    assert answer.status_code == 200, answer.text
    return answer.content


async def test_a_worker_binds_the_cases_in_the_order_of_their_awards(
    world: World, place: District, settings: Settings
) -> None:
    practices = "值班电话13912345678，随时可以联系。"
    href = await published(place, practices=practices)
    await ordered(place, href)
    assert found(await place.by_office.get(f"{href}/content")) == [("not_bound", None)]
    await work(world, settings)
    told = await read(place.by_office, href)
    assert [told[name] for name in ("status", "case_count", "laid_count", "is_current", "formats", "findings")] == (
        ["bound", 2, 2, True, ["pdf", "docx"], []]
    )
    pdf = await got(place.by_office, href)
    [cover, contents, *cases] = pages_of(pdf)
    assert f"{place.campaign.name}案例汇编" in cover
    outline = [(each.get_title(), each.get_dest().get_index()) for each in pypdfium2.PdfDocument(pdf).get_toc()]
    assert [title for title, _ in outline] == NAMES[::-1]
    assert [contents.index(f"{name}.") < contents.index(str(page - 1)) for name, page in outline] == [True, True]
    for words in ("优秀案例", narrative(1)["effects"][:20], "图5"):
        assert words in "".join(cases)
    word = await got(place.by_office, href, "docx")
    assert len([*Document(BytesIO(word)).element.body.iter(qn("w:drawing"))]) == 10
    for whole in ("".join(cases), text_of_docx(word)):
        assert "139" not in whole, "telephone numbers are hidden"
        assert "值班电话" in whole


async def test_a_booklet_is_void_once_an_award_is_revoked(world: World, place: District, settings: Settings) -> None:
    href = await published(place)
    await ordered(place, href, pictures="public")
    await work(world, settings)
    assert "图2" not in text_of_docx(await got(place.by_office, href, "docx")), "one picture of each is public"
    [first, _] = (await read(place.by_office, f"/api/v1/awards?commendation_id={href.split('/')[-2]}"))["items"]
    done(await place.by_office.post(f"/api/v1/awards/{first['id']}/revocation", json={"reason": "不实"}, headers=key()))
    assert (await read(place.by_office, href))["is_current"] is False
    assert found(await place.by_office.get(f"{href}/content")) == [("outdated", None)]
    await ordered(place, href)
    await ordered(place, href)
    for _ in range(2):  # one waits for the other
        await work(world, settings)
    assert (await read(place.by_office, href))["case_count"] == 1
    assert first["name"] not in "".join(pages_of(await got(place.by_office, href)))
    async with world.database.transaction() as session:
        row = await session.scalar(select(Booklet))
        assert row is not None
        assert row.number == 3
        states = {each.id: each.state for each in await session.scalars(select(File).where(File.sha256.is_not(None)))}
        assert [states[each] for each in (row.pdf_id, row.docx_id) if each] == [FileState.STORED] * 2
        assert [*states.values()].count(FileState.CONDEMNED) == 2, "what was bound before"


async def test_a_job_of_an_earlier_order_and_one_that_is_repeated_change_nothing(
    world: World, place: District, settings: Settings
) -> None:
    href = await published(place)
    await ordered(place, href)
    async with world.database.transaction() as session:
        row = await session.scalar(select(Booklet))
        assert row is not None
    await work(world, settings)
    before = await read(place.by_office, href)
    await booklets.bind(bindery(world), booklet_id=str(row.id), number=1)
    assert await read(place.by_office, href) == before
    await ordered(place, href)
    await booklets.bind(bindery(world), booklet_id=str(row.id), number=1)
    assert (await read(place.by_office, href))["laid_count"] == 0


async def test_a_character_that_no_font_has_is_told_at_its_case(
    world: World, place: District, settings: Settings
) -> None:
    href = await published(place, innovation="由李𡃁牵头。")
    await ordered(place, href)
    await work(world, settings)
    told = await read(place.by_office, href)
    assert (told["status"], told["formats"]) == ("bound", ["docx"])
    assert [each["code"] for each in told["findings"]] == ["no_glyph"] * 2
    assert "“1．红马甲”" in told["findings"][0]["message"]
    assert found(await place.by_office.get(f"{href}/content")) == [("not_in_format", "/format")]
    assert "李𡃁" in text_of_docx(await got(place.by_office, href, "docx"))


class Faulty(ImagingPool):
    """Limited processes that first answer with what is given for a task."""

    def __init__(self, pool: ImagingPool, answers: Mapping[str, Sequence[ImageRefused]]) -> None:
        self._pool, self.asked = pool, list[str]()
        self._answers = {task: [*each] for task, each in answers.items()}

    async def run(
        self, task: str, data: bytes, held: Callable[[float], None] = lambda _: None, **options: int
    ) -> Facts:
        self.asked.append(task)
        if left := self._answers.get(task):
            raise left.pop(0)
        return await self._pool.run(task, data, held, **options)


def with_faults(world: World, **answers: Sequence[ImageRefused]) -> Bindery:
    means = bindery(world)
    return replace(means, pictures=Faulty(means.pictures, answers), papers=Faulty(means.papers, answers))


async def latest(world: World) -> dict[str, Any]:
    """The arguments of the latest job."""
    async with world.database.transaction() as session:
        row = await session.scalar(select(Booklet))
        assert row is not None
        return {"booklet_id": str(row.id), "number": row.number}


async def state(place: District, href: str) -> tuple[str, list[str], list[str]]:
    told = await read(place.by_office, href)
    return told["status"], told["formats"], [each["message"].split("。")[0] for each in told["findings"]]


async def test_a_new_order_does_not_wait_for_a_job_that_failed(
    world: World, place: District, settings: Settings
) -> None:
    async def fail(**_: object) -> None:
        raise StorageUnavailable

    href = await published(place)
    await ordered(place, href)
    await work_off(settings, world.database, {booklets.TASK: fail})
    await ordered(place, href)
    await work(world, settings)
    assert (await state(place, href))[0] == "bound"


async def test_a_format_that_cannot_be_drawn_is_told_and_a_lost_process_is_tried_again(
    world: World, place: District
) -> None:
    href = await published(place)
    await ordered(place, href)
    job = await latest(world)
    lost = [ImageLost("unprintable", reason="crashed") for _ in range(MOST_LOSSES + 1)]
    means = with_faults(world, pdf=lost)
    for _ in range(MOST_LOSSES):
        with pytest.raises(ProcessLost):
            await booklets.bind(means, **job)
        assert await state(place, href) == ("binding", [], [])
    await booklets.bind(means, **job)
    assert await state(place, href) == ("bound", ["docx"], ["案例汇编内容过多，未能编印为 PDF"])
    await ordered(place, href)
    failing = [ImageRefused("unprintable", reason="unreadable")]
    await booklets.bind(with_faults(world, pdf=failing, docx=failing), **await latest(world))
    failed = [f"案例汇编内容过多，未能编印为 {form}" for form in ("PDF", "Word")]
    assert await state(place, href) == ("failed", [], failed)
    assert (await read(place.by_office, href))["is_current"] is False
    await ordered(place, href)
    means, job = with_faults(world), await latest(world)
    await asyncio.gather(*(booklets.bind(means, **job) for _ in range(2)))
    assert await state(place, href) == ("bound", ["pdf", "docx"], [])
    assert isinstance(means.papers, Faulty)
    assert means.papers.asked == ["pdf", "docx"], "one at a time: the second finds it done"


async def test_a_picture_that_cannot_be_read_is_named(world: World, place: District) -> None:
    href = await published(place)
    await ordered(place, href)
    async with world.database.transaction() as session:
        shown = select(VersionImage.file_id).join(Award, Award.version_id == VersionImage.version_id)
        gone = await session.scalar(shown.where(Award.position == 2, VersionImage.slot == 3))
    await world.app.state.storage.delete(key_of(UUID(str(gone))))
    broken = [ImageRefused("broken_image", reason="unreadable")]
    await booklets.bind(with_faults(world, print=broken), **await latest(world))
    named = (("1．红马甲", 1), ("2．邻里互助站", 3))
    unreadable = [f"案例“{case}”的图{picture}无法读取，未能编印" for case, picture in named]
    assert await state(place, href) == ("failed", [], unreadable)
    assert (await read(place.by_office, href))["is_current"] is False


async def test_awards_and_settings_count_as_they_are_when_it_is_bound(world: World, place: District) -> None:
    href = await published(place)
    commendation_id = UUID(href.split("/")[-2])
    async with world.database.transaction() as session:
        first = (await session.scalars(select(Award).order_by(Award.position))).first()
        assert first is not None
        commendation = await session.get_one(Commendation, commendation_id)
    of = {"application_id": first.application_id, "version_id": first.version_id, "position": 3, "pictures": [3, 2]}
    given = {"certificate_number": "证3", "verification_code": "7K4M3", "awarded_at": NOW, "kind": "model_case"}
    await award(world, commendation, status=AwardStatus.AWARDED, **of, **given)
    await ordered(place, href, pictures="public")
    await bind(world, commendation_id)
    assert (await read(place.by_office, href))["case_count"] == 2
    word = Document(BytesIO(await got(place.by_office, href, "docx")))
    assert len([*word.element.body.iter(qn("w:drawing"))]) == 3, "all that one of its awards shows, each once"
    await change_settings(place)
    assert found(await place.by_office.get(f"{href}/content")) == [("outdated", None)]
    for position, left in ((2, 1), (1, 0)):
        await ordered(place, href)
        await revoke(place, commendation_id, NAMES[2 - position])
        await bind(world, commendation_id)
        assert (await read(place.by_office, href))["case_count"] == left
    assert await state(place, href) == ("failed", [], ["通报中没有获奖案例，无可汇编"])


async def change_settings(place: District) -> None:
    path = f"/api/v1/campaigns/{place.campaign.id}"
    campaign = await read(place.by_office, path)
    edited = campaign["settings"] | {"theme": "另一主题", "reason": "更正主题。"}
    done(await place.by_office.put(path, json=edited, headers={"If-Match": campaign["etag"]}))


async def revoke(place: District, commendation_id: UUID, name: str) -> None:
    """Revoke all awards of a case."""
    for each in (await read(place.by_office, f"/api/v1/awards?commendation_id={commendation_id}"))["items"]:
        if each["name"] == name:
            reason = {"reason": "不实"}
            done(await place.by_office.post(f"/api/v1/awards/{each['id']}/revocation", json=reason, headers=key()))


async def test_a_picture_is_reduced_to_its_size_on_paper(world: World) -> None:
    small = (await world.app.state.imaging.run("print", photograph(1), side=64))["content"]
    assert max(Image.open(BytesIO(small)).size) == 64
