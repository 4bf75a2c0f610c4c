"""Receipts over HTTP, open to anybody without signing in."""

from typing import Annotated, Literal

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Reads
from app.api.http.output import Instant, Out
from app.api.http.routing import Router
from app.services.filing import receipts
from app.services.policies.filing.filings import VERIFICATION_CODE

router = Router("/public", tags=["public"])

VerificationCode = Annotated[
    str,
    Path(
        description="The code printed on the receipt or the certificate: four groups of four, without I, O, 0 and 1.",
        max_length=19,
        pattern=VERIFICATION_CODE,
        examples=["7K4M-Q2XA-9TCE-H5WP"],
    ),
]


class GenuineReceipt(Out):
    """A genuine receipt (回执). It does not contain what was filed, or by whom."""

    genuine: Literal[True] = Field(description="Always true: a code nobody was given is a 404.")
    filed_at: Instant = Field(description="Time of the filing that it proves.")


@router.get("/receipts/{verification_code}")
async def verify_receipt(verification_code: VerificationCode, view: Reads) -> GenuineReceipt:
    """Check a filing's receipt, without signing in.

    The answer confirms that the receipt is genuine, with the time of the filing, and nothing more. A code
    that was never issued is not found.
    """
    row = await receipts.verify_receipt(view, verification_code)
    return GenuineReceipt(genuine=True, filed_at=row.filed_at)
