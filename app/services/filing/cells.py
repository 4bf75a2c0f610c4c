"""The cells of an application as they are given, those of 附件2 and the campaign's own."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from app.context import Context, View
from app.inputs import Cell, Code, Input, Prose, unsent
from app.models import Application
from app.periods import written
from app.services.filing import campaigns
from app.services.policies import refuse
from app.services.policies.filing import cells as policy
from app.services.policies.filing.forms import ENDED_ON, STARTED_ON, Content, own_values
from app.services.policies.filing.own_cells import MOST_CELLS, CellValue, OwnCell, Values

Date = Annotated[Cell, AfterValidator(lambda text: text and written(text))]
Narrative = Annotated[Prose, Field(max_length=10_000)]
Innovation = Annotated[Narrative, Field(description="创新特点", examples=["变“等群众上门”为“送服务上门”。"])]
Practices = Annotated[Narrative, Field(description="主要做法", examples=["一是建章立制，二是分片包户。"])]
Effects = Annotated[Narrative, Field(description="社会效果", examples=["居民满意度明显提高。"])]
OwnCells = Annotated[
    dict[Code, CellValue | None],
    Field(
        title="本活动增设的栏目",
        description="The campaign's own cells by code, as its `settings.cells` define them. One that is not named "
        "stays, null clears one, as a JSON Merge Patch does; null for all of them clears all. Of an odd value the text "
        "is kept, and is a finding of the submission: a number where a text stands, a text where a row of a list does. "
        "422 for all that is sent: a code that no cell can have, an unknown member of a period or a row, an object or "
        "an array within one, and what is too long or too many.",
        max_length=MOST_CELLS,
        examples=[{"team": [{"name": "李文博", "role": "author"}]}],
    ),
]


class ApplicationForm(Input):
    """The cells of 附件2. Whatever can be stored is; what is missing or wrong is listed in `actions.submit`."""

    brand_name: Cell = Field(None, description="品牌名称", examples=["“红马甲”邻里互助站"])
    leader_name: Cell = Field(None, description="申报单位负责人", examples=["李文博"])
    leader_title: Cell = Field(None, description="职务", examples=["党支部书记"])
    phone: Cell = Field(None, description="联系电话, or several.", examples=["0315-3724062、13900000000"])
    category: Cell = Field(None, description="内容分类: a category code of the campaign.", examples=["qingman"])
    topic: Cell = Field(None, description="子项: a topic code of that category.", examples=["community_volunteering"])
    started_on: Date = Field(None, description=STARTED_ON, examples=["2015-04-21"])
    ended_on: Date = Field(None, description=ENDED_ON, examples=["2015-08-31"])
    innovation: Innovation = Field(default_factory=unsent)
    practices: Practices = Field(default_factory=unsent)
    effects: Effects = Field(default_factory=unsent)
    cells: OwnCells | None = Field(default_factory=unsent)


async def defined(view: View, content: Content, settings_digest: str) -> Sequence[OwnCell]:
    """Return the definitions of the campaign's own cells; a content that has none filled needs no statement."""
    return (await campaigns.settings_of(view, settings_digest)).cells if own_values(content) else ()


async def changed(ctx: Context, application: Application, patch: Values | None) -> Values:
    """Return the values of an application after a change."""
    settings = await campaigns.settings_in(ctx, application.campaign_id)
    return patched(settings.cells, application.cells, patch)


def patched(own: Sequence[OwnCell], present: Values, patch: Values | None) -> Values:
    """Return the values after a change; refused where it names a cell that there is not."""
    refuse(policy.unknown_findings(own, patch))
    return policy.patched(own, present, patch)
