"""Statistics over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from app.api.http.dependencies import Reads
from app.api.http.output import Instant, Out
from app.api.http.routing import Router
from app.problems import NotFound
from app.services.filing import statistics

router = Router("/statistics", tags=["statistics"])


class CountOut(Out):
    """The number of filed applications with one value."""

    code: str | None = Field(description="The value; null where none was chosen.", max_length=100, examples=["qingman"])
    count: int = Field(description="Their number.", ge=0, examples=[12])


Counts = Annotated[list[CountOut], Field(max_length=1000)]


class StatisticsOut(Out):
    """Counts of the applications of a campaign that were once filed, as they were filed."""

    campaign_id: UUID = Field(description="The campaign.")
    at: Instant = Field(description="The instant of these figures.")
    by_status: Counts = Field(description="By state.")
    by_category: Counts = Field(description="By 内容分类: codes of the campaign.")
    by_topic: Counts = Field(description="By 子项: codes of the campaign.")
    by_honour_level: Counts = Field(description="By the level of the unit's title.")
    by_committee_kind: Counts = Field(description="By the kind of the committee.")
    by_veto: Counts = Field(description="By the items of the veto list that were found: codes of the campaign.")


@router.get("", raises=[NotFound])
async def read_statistics(
    view: Reads, campaign_id: Annotated[UUID, Query(description="The campaign.")]
) -> StatisticsOut:
    """Count what was filed: by state, category, topic, honour level, kind of committee and veto found. Office only."""
    found = await statistics.read(view, campaign_id)
    counts = {
        f"by_{name}": [CountOut.model_validate(row) for row in found.get(name, ())]
        for name in (*statistics.DIMENSIONS, statistics.VETO)
    }
    return StatisticsOut.model_validate({"campaign_id": campaign_id, "at": view.now} | counts)
