"""年度报告 over HTTP."""

from fastapi import Response

from app.api.filing.campaigns import CampaignId
from app.api.filing.prints import PAPER, Format, Printing, drawn
from app.api.http.dependencies import Viewer
from app.api.http.routing import Router
from app.problems import RulesViolated
from app.services.filing import reports
from app.services.policies.filing.prints import PrintFormat

router = Router("/campaigns/{campaign_id}/report", tags=["statistics"])


@router.get("", response_class=Response, responses=PAPER, raises=[RulesViolated])
async def read_report(
    campaign_id: CampaignId, view_of: Viewer, press: Printing, form: Format = PrintFormat.PDF
) -> Response:
    """Download the report of a campaign (年度报告) that the office sends upward: text with figures, charts and tables.

    It says how far the cases came, who took part, what they are about, what each committee filed, what came in time,
    what was awarded, and how earlier years compare, in the layout of official documents (GB/T 9704-2012). What there
    are no figures of is left out. In Word the sentences may be changed; the charts are pictures. Office only.
    """
    async with view_of() as view:
        sheet = await reports.paper(view, campaign_id)
    return await drawn(press, view.actor.id, sheet, form)
