"""The form of a campaign (附件2) over HTTP, as a frontend draws it."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from app.api.filing.campaigns import CampaignId
from app.api.http.dependencies import Reads
from app.api.http.output import Out
from app.api.http.routing import Router
from app.models.enums import CellControl, Language
from app.rows import values_of
from app.services.filing import campaigns
from app.services.policies.filing import forms as policy
from app.services.policies.filing.exemptions import in_force
from app.services.policies.filing.forms import Cell
from app.services.policies.filing.limit_settings import NarrativeLimits
from app.services.policies.filing.notice import CampaignSettings, Category
from app.services.policies.filing.own_cells import MOST_CELLS, OwnCell

router = Router("/campaigns", tags=["campaigns"], in_a_seat=True)
Limit = Annotated[int | None, Field(ge=0, le=10_000)]


class FormCellOut(Out):
    """A cell of the form."""

    name: str = Field(description="Member of the application that it fills.", max_length=60, examples=["brand_name"])
    label: str = Field(description="The form's words for it.", max_length=200, examples=["品牌名称"])
    part: str | None = Field(
        description="Words that tell cells of one label apart, as 开始时间 and 结束时间; null for the only one.",
        max_length=60,
        examples=[None],
    )
    control: CellControl = Field(description="The way in which it is filled.")
    group: str | None = Field(
        description="Cells that belong together: `period` (实施时间), `narrative`; null for one of its own.",
        max_length=60,
        examples=[None],
    )
    required: bool = Field(description="True if the form is not submitted without it.", examples=[True])
    minimum: Limit = Field(description="The fewest pictures; null for other cells.", examples=[None])
    maximum: Limit = Field(description="The most characters (code points), or pictures; null: none.", examples=[60])
    options: list[Category] = Field(
        description="The choices of `category`, each with its topics, those of `topic`.", max_length=20, examples=[[]]
    )
    not_before: str | None = Field(
        description="The cell whose date this one's must not precede; null: none.", max_length=60, examples=[None]
    )
    help: str | None = Field(description="Advice on how to fill it in.", max_length=500, examples=[None])

    @classmethod
    def of(cls, cell: Cell, language: Language) -> Self:
        return cls(
            **values_of(cell)
            | {"part": cell.part and cell.part.say(language), "help": cell.help and cell.help.say(language)}
        )


class CampaignFormOut(Out):
    """The form as it is for you: with looser limits, where your committee was granted some (特批)."""

    campaign_id: UUID = Field(description="The campaign.")
    cells: list[FormCellOut] = Field(description="The cells, in the order of the printed form.", max_length=20)
    narrative: NarrativeLimits = Field(
        description="Limits of the texts of `narrative` together, in 字, counted as in `openapi/counting.json`."
    )
    caption_maximum: int = Field(
        description="The most characters (code points) of a picture's caption.", ge=1, le=200, examples=[100]
    )
    own_cells: list[OwnCell] = Field(
        description="The campaign's own cells in their order, below the others: members of `cells`.",
        max_length=MOST_CELLS,
    )
    json_schema: dict[str, Any] = Field(
        description="The cells but for the pictures as a JSON Schema (2020-12), for a generator of forms; a topic is "
        "not bound to its category there, nor an end to its start.",
        examples=[{"type": "object", "properties": {"brand_name": {"title": "品牌名称", "maxLength": 60}}}],
    )


@router.get("/{campaign_id}/form")
async def read_campaign_form(campaign_id: CampaignId, view: Reads) -> CampaignFormOut:
    """Read the form (附件2) as data: the cells in their order, with words, controls and limits, to be drawn from it.

    The rules that judge a submission read the same limits. A draft takes anything meanwhile.
    """
    row = await campaigns.find(view, campaign_id)
    settings = in_force(CampaignSettings.model_validate(row.settings), row.exemptions)
    return CampaignFormOut(
        campaign_id=row.id,
        cells=[FormCellOut.of(cell, view.language) for cell in policy.cells(settings)],
        narrative=settings.narrative,
        caption_maximum=policy.caption_maximum(settings),
        own_cells=settings.cells,
        json_schema=policy.schema(settings, view.language),
    )
