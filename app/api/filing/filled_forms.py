"""Filled forms (附件2) that come as Word documents over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Form, Response, UploadFile
from pydantic import Field

from app.api.filing.applications import ApplicationOut, Label
from app.api.filing.campaigns import CampaignId
from app.api.http.dependencies import LateEffect, Limits
from app.api.http.output import Out
from app.api.http.routing import Router
from app.api.http.uploads import Uploads
from app.context import Context
from app.findings import FindingOut
from app.inputs import Input
from app.models.enums import Language
from app.problems import RulesViolated
from app.services.filing import filled_forms
from app.services.filing.filled_forms import ReceivedForm, ReceivedPicture
from app.services.policies.filing import own_cells
from app.services.policies.filing.filled_blocks import Place
from app.services.policies.filing.filled_forms import Understood
from app.services.policies.filing.filled_tables import Loose

router = Router("/campaigns/{campaign_id}/filled-forms", tags=["applications"], in_a_seat=True)
PlaceOut = Annotated[str, Field(description="Its place in the file, in words.", max_length=220, examples=["第3行"])]
Findings = Annotated[list[FindingOut], Field(max_length=100)]


class FilledFormUpload(Input):
    """A filled form (申报表) as a Word document."""

    file: UploadFile = Field(
        description="Word (.docx), at most 25 MiB, with its pictures as JPEG, PNG, WebP or HEIC in it; its content "
        "decides, not its name."
    )
    unit_id: UUID | None = Field(None, description="申报单位; a unit may leave it out and means itself.")
    dry_run: bool = Field(
        False, description="True tries everything, answers the same, and changes nothing.", examples=[True]
    )


class FilledCellOut(Out):
    """A cell of the file: what stands there, and what it was understood as."""

    name: str = Field(
        description="Member of the application that it fills; `period` fills `started_on` and `ended_on`, `cells/team` "
        "one of the campaign's own, and `recommender` and `applicant` none.",
        max_length=60,
        examples=["period"],
    )
    label: Label = Field(description="The campaign's word for it.", examples=["实施时间"])
    place: PlaceOut
    text: str = Field(description="The text of the file.", max_length=200_000, examples=["2015年3月至8月"])
    value: own_cells.StoredValue = Field(
        description="The value that was filled in; an empty text for none.",
        examples=[{"started_on": "2015-03", "ended_on": "2015-08"}],
    )
    findings: Findings = Field(
        description="Advice on what was not read word for word, or not understood.", examples=[[]]
    )

    @classmethod
    def of(cls, cell: Understood, language: Language) -> Self:
        findings = [finding.worded(language) for finding in cell.findings]
        place = said_place(cell.place, language)
        value = "" if cell.value is None else cell.value
        return cls(name=cell.name, label=cell.label, place=place, text=cell.text, value=value, findings=findings)


class FilledPictureOut(Out):
    """A picture of the file, in its order."""

    place: PlaceOut
    caption: str = Field(
        description="图片说明 as the file has it.", max_length=200_000, examples=["志愿者为独居老人义诊"]
    )
    taken: bool = Field(description="True if it is a picture of the draft.", examples=[True])
    findings: Findings = Field(description="Reasons for which it was not taken, or its caption was not.", examples=[[]])

    @classmethod
    def of(cls, picture: ReceivedPicture, language: Language) -> Self:
        findings = [finding.worded(language) for finding in picture.findings]
        shown, taken = picture.shown, picture.arrival is not None
        return cls(place=said_place(shown.place, language), caption=shown.caption, taken=taken, findings=findings)


class UnplacedText(Out):
    """A text of the file that no cell took."""

    place: PlaceOut
    text: str = Field(description="The text.", max_length=200_000, examples=["联系人：王丽"])

    @classmethod
    def of(cls, loose: Loose, language: Language) -> Self:
        return cls(place=said_place(loose.place, language), text=loose.text)


class FilledFormOut(Out):
    """A filled form as it was understood, and the draft that was made of it."""

    dry_run: bool = Field(description="True when nothing was changed.", examples=[True])
    application: ApplicationOut = Field(
        description="The draft; after a dry run as it would be, so that its id and addresses lead nowhere. Its "
        "`actions.submit.findings` say what is missing or wrong in it."
    )
    cells: list[FilledCellOut] = Field(
        description="The cells that were found, in the order of the form.", max_length=60
    )
    pictures: list[FilledPictureOut] = Field(description="The pictures of the file, in their order.", max_length=40)
    unplaced: list[UnplacedText] = Field(
        description="Everything else that the file says, but for the words of the empty form: nothing is lost.",
        max_length=20_000,
    )
    findings: Findings = Field(description="Cells that the file does not have, and what else concerns all of it.")

    @classmethod
    def of(cls, ctx: Context, received: ReceivedForm, application: ApplicationOut, *, dry_run: bool) -> Self:
        form, language = received.form, ctx.language
        return cls(
            dry_run=dry_run,
            application=application,
            cells=[FilledCellOut.of(each, language) for each in form.cells],
            pictures=[FilledPictureOut.of(each, language) for each in received.pictures],
            unplaced=[UnplacedText.of(each, language) for each in form.unplaced],
            findings=[finding.worded(language) for finding in form.findings],
        )


@router.post(
    "",
    status_code=201,
    location="/applications/{out.application.id}",
    raises=[RulesViolated],
    responses={200: {"model": FilledFormOut, "description": "A dry run: this would be the draft."}},
)
async def create_application_from_form(
    campaign_id: CampaignId,
    form: Annotated[FilledFormUpload, Form(media_type="multipart/form-data")],
    *,
    uploads: Uploads,
    effect: LateEffect,
    most: Limits,
    response: Response,
) -> FilledFormOut:
    """Begin an application with a filled form (申报表) that comes as a Word document, or try it out.

    The same who may begin one: a unit its own, a committee one for any of its units, before the deadline. Cells are
    found by their labels, wherever they stand; pictures are taken out in their order, with their captions, as `POST
    …/images` takes them. The answer says of each cell what stands in the file and what was understood, and returns
    what has no place. What is deleted under tracked changes is not read, what is inserted is.

    The document is opened in a confined process, and is not kept. One with macros, embedded objects or content from
    elsewhere is refused, as is one that has none of the form's cells. With `dry_run` everything is tried, the answer
    is the same but for its 200, and nothing stays.
    """
    received = await filled_forms.receive(uploads, campaign_id, form.unit_id, await form.file.read())
    async with filled_forms.drafted(uploads, received, most, dry_run=form.dry_run) as (ctx, application_id):
        out = FilledFormOut.of(ctx, received, await ApplicationOut.read(ctx, application_id), dry_run=form.dry_run)
    await effect.begun()
    response.status_code = 200 if form.dry_run else 201
    return out


def said_place(place: Place, language: Language) -> str:
    return place.words["place" if language is Language.ZH else "place_en"]
