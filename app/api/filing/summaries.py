"""汇总表 over HTTP."""

from typing import Annotated

from fastapi import Response

from app.api.filing.campaigns import CampaignId
from app.api.filing.prints import PAPER, Edited, Printing, drawn
from app.api.http.dependencies import Chosen, Viewer, filtered_by
from app.api.http.routing import Router
from app.problems import RulesViolated
from app.services.filing import summaries

router = Router(tags=["prints"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(summaries.FILTERS, of_list=False)]


@router.get("/campaigns/{campaign_id}/summary", response_class=Response, responses=PAPER, raises=[RulesViolated])
async def read_summary(
    campaign_id: CampaignId, view_of: Viewer, press: Printing, filters: Filters, edition: Edited
) -> Response:
    """Download the table of recommended cases (汇总表): a committee its own, to be stamped, the office that of all.

    A committee's has what it filed, as it was filed, and what it has sealed and will file; the office's what was filed,
    with the name of each committee, or of one by `committee_id`. The order is that in which they were filed. What was
    disqualified or taken back is not in it. A list of more than 500 cases is refused.
    """
    async with view_of() as view:
        sheet = await edition.of(view, await summaries.summary(view, campaign_id, **filters))
    return await drawn(press, view.actor.id, sheet, edition.form)
