"""Booklets (案例汇编): what of an awarded case stands in one, and whether a booklet still says what holds."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import TypedDict

from app.file_names import Part
from app.findings import Finding, Rule
from app.models.enums import BookletPictures, BookletStatus
from app.periods import lasting
from app.phones import without_numbers
from app.printing.booklet import Booklet, Case, Text
from app.services.policies.commending.commendations import NO_CASES
from app.services.policies.filing.cells import for_public
from app.services.policies.filing.forms import NARRATIVE, Content
from app.services.policies.filing.images import said_of
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.own_cells import PERIOD
from app.services.policies.filing.prints import NO_GLYPH, UNPRINTABLE, PrintFormat, lacking_in

NOT_BOUND = Rule(
    "not_bound",
    "案例汇编正在编印，请稍后下载。",
    "The booklet is being bound: download it in a while.",
)
NOT_IN_FORMAT = Rule(
    "not_in_format",
    "案例汇编没有这种格式的文件，原因见其状态。",
    "The booklet was not bound in this format; it says why.",
)
OUTDATED = Rule(
    "outdated",
    "编印之后奖项或活动设置有变动，此案例汇编已经失效，请重新编印。",
    "Awards or settings of the campaign changed since it was bound, so this booklet is void: have it bound again.",
)
NO_GLYPH_IN_CASE = Rule(
    NO_GLYPH.code,
    "案例“{case}”中有字库没有的“{characters}”，未能编印为 PDF。请管理员加装字体后重新编印，或下载 Word 文档。",
    "The case “{case}” has “{characters}”, which no font has, so there is no PDF: ask the operator for a font that has "
    "them and have it bound again, or take the Word document.",
)
NO_GLYPH_NOR_WORD = Rule(
    NO_GLYPH.code,
    "案例“{case}”中有字库没有的“{characters}”，未能编印为 PDF。请管理员加装字体后重新编印。",
    "The case “{case}” has “{characters}”, which no font has, so there is no PDF: ask the operator for a font that has "
    "them and have it bound again.",
)
"""The same where the Word document is lacking, too."""
TOO_LARGE = Rule(
    UNPRINTABLE.code,
    "案例汇编内容过多，未能编印为 {format}。请只附公开的图片，重新编印。",
    "The booklet is too large to be bound as {format}: have it bound again with the public pictures alone.",
)
PICTURE_UNREADABLE = Rule(
    "picture_unreadable",
    "案例“{case}”的图{picture}无法读取，未能编印。请管理员恢复该图片后重新编印，或只附不含该图的公开图片。",
    "Picture {picture} of the case “{case}” cannot be read, so nothing was bound: ask the operator to restore it and "
    "have it bound again, or take public pictures without it.",
)
NAMES = {PrintFormat.PDF: "PDF", PrintFormat.DOCX: "Word"}
MOST_LOSSES = 3
"""How often a limited process may be lost over a booklet before that is the end of it."""
TITLE, CONTENTS = "案例汇编", "目　录"
_slot_of, _parts_of = itemgetter("slot"), itemgetter("code", "params")
LARGE, SMALL, MANY = 600, 400, 600
"""Pixels of the longer side of a printed picture: 200 to an inch, and fewer where a booklet has many pictures."""


class Flaw(TypedDict):
    """Something in a case that keeps it from being bound, as it is stored: a rule by its code, and its parameters."""

    code: str
    params: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Honoured:
    """An awarded case: its awards of the commendation, and what was filed of it, with the pictures that are public."""

    awards: Sequence[tuple[str, str | None]]
    content: Content
    topic: str | None
    public: Sequence[int]


def booklet(
    settings: CampaignSettings,
    title: str,
    published_at: datetime,
    cases: Sequence[Honoured],
    pictures: BookletPictures,
) -> Booklet:
    """Lay out the booklet of a commendation."""
    return Booklet(
        cover=[settings.name, TITLE],
        occasion=title,
        issuer=[settings.organizer.name, f"{published_at.astimezone(settings.zone):%Y年%-m月}"],
        contents=CONTENTS,
        cases=[_case(settings, each, pictures) for each in cases],
    )


def slots(case: Honoured, pictures: BookletPictures) -> list[int]:
    """Choose the pictures of a case: all that were filed, or those the office made public, in its order."""
    filed = [*_images(case.content)]
    return filed if pictures is BookletPictures.FILED else [slot for slot in case.public if slot in filed]


def side(count: int) -> int:
    """Return the pixels of each of so many pictures."""
    return LARGE if count <= MANY else SMALL


def download_findings(status: BookletStatus, *, is_current: bool, is_there: bool) -> list[Finding]:
    """Refuse a booklet that is not bound, has become void, or has no file of the format."""
    if status is BookletStatus.BINDING:
        return [NOT_BOUND()]
    if status is BookletStatus.BOUND and not is_current:
        return [OUTDATED()]
    return [] if is_there else [NOT_IN_FORMAT("/format")]


def binding_findings(
    status: BookletStatus, cases: int, formats: Collection[PrintFormat], flaws: Sequence[Flaw]
) -> list[Finding]:
    """Tell why a booklet, or its file of a format, was not bound."""
    if status is BookletStatus.BINDING:
        return []
    if not cases:
        return [NO_CASES()]
    rules = {
        NO_GLYPH.code: NO_GLYPH_IN_CASE if PrintFormat.DOCX in formats else NO_GLYPH_NOR_WORD,
        PICTURE_UNREADABLE.code: PICTURE_UNREADABLE,
    }
    told = [rules[code](None, **params) for code, params in map(_parts_of, flaws)]
    return told + [TOO_LARGE(format=NAMES[each]) for each in _unexplained(formats, flaws)]


def lacking_of(paper: Booklet, characters: str) -> list[Flaw]:
    """Find the cases that have one of these characters; without any it is the cover."""
    found = {case: lacking_in(characters, said) for case, said in paper.rows.items()}
    named = {case: each for case, each in found.items() if each} or {paper.title: lacking_in(characters, characters)}
    return [
        Flaw(code=NO_GLYPH.code, params={"case": case, "characters": "、".join(each)}) for case, each in named.items()
    ]


def unreadable(paper: Booklet, case: int, picture: int) -> Flaw:
    """Name a picture that cannot be read, by the numbers of its case and its own, which count from 1."""
    return Flaw(code=PICTURE_UNREADABLE.code, params={"case": [*paper.rows][case - 1], "picture": picture})


def booklet_name(title: str, plain: str) -> list[str | Part]:
    """Name the file of a booklet."""
    return [Part(title, plain), Part(TITLE, "booklet")]


def _unexplained(formats: Collection[PrintFormat], flaws: Sequence[Flaw]) -> list[PrintFormat]:
    """Return the formats that are lacking for no flaw: a character is lacking in a PDF alone, a picture in both."""
    codes = {code for code, _ in map(_parts_of, flaws)}
    explained = {*PrintFormat} if PICTURE_UNREADABLE.code in codes else {PrintFormat.PDF} if codes else set()
    return [each for each in PrintFormat if each not in explained | {*formats}]


def _case(settings: CampaignSettings, case: Honoured, pictures: BookletPictures) -> Case:
    return Case(
        title=case.content.get("form", {}).get("brand_name") or "",
        honours=[_called(settings, *each) for each in case.awards],
        facts=[[label, value] for label, value in _facts(settings, case) if value],
        texts=[*_texts(settings, case.content)],
        captions=[*_captions(settings, case, pictures)],
    )


def _called(settings: CampaignSettings, kind: str, grade: str | None) -> str:
    known = settings.award_kind(kind)
    return known.called(grade) if known else kind


def _facts(settings: CampaignSettings, case: Honoured) -> Iterator[tuple[str, str]]:
    """Yield who applied with it, who recommended it, what it is about, and since when."""
    unit, committee, form = itemgetter("unit_name", "committee_name", "form")(case.content)
    category, *period = itemgetter("category", *PERIOD)(form)
    names = {each.code: each.name for each in settings.categories}
    yield settings.label("applicant"), unit
    yield settings.label("recommender"), committee
    yield settings.label("category"), names.get(category, category or "")
    yield settings.topic_label, settings.topic_name(case.topic) if case.topic else ""
    yield settings.label("period"), lasting(*period)


def _texts(settings: CampaignSettings, content: Content) -> Iterator[Text]:
    """Yield its texts, and of the campaign's own cells those that are public; telephone numbers are hidden."""
    form = content.get("form", {})
    own = [(cell.name, cell.text) for cell in for_public(settings.cells, form.get("cells") or {})]
    for heading, said in (*((settings.label(name), form.get(name) or "") for name in NARRATIVE), *own):
        if said:
            yield Text(heading, without_numbers(said))


def _captions(settings: CampaignSettings, case: Honoured, pictures: BookletPictures) -> Iterator[str]:
    images = _images(case.content)
    for number, slot in enumerate(slots(case, pictures), 1):
        yield f"图{number}　{without_numbers(said_of(settings.images, images[slot]))}".rstrip()


def _images(content: Content) -> dict[int, Mapping[str, object]]:
    """The pictures of a filed case, by slot."""
    return {_slot_of(each): each for each in content.get("images", ())}
