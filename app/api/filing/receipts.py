"""Receipts over HTTP, open to anybody without signing in."""

import re
from typing import Annotated, Literal

from fastapi import Path
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.api.filing.applications import Label
from app.api.http.dependencies import Reads
from app.api.http.output import Instant, Out
from app.api.http.routing import Router
from app.comparable import bare
from app.rows import values_of
from app.services.filing import receipts
from app.services.policies.filing.filings import VERIFICATION_CODE

router = Router("/public", tags=["public"])


def _as_printed(code: str) -> str:
    plain = bare(code)
    printed = "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))
    if not re.fullmatch(VERIFICATION_CODE, printed):
        raise PydanticCustomError("invalid_verification_code", "Not the code of a receipt or a certificate.")
    return printed


VerificationCode = Annotated[
    str,
    Path(
        description="The code printed on the receipt or the certificate: four groups of four, without I, O, 0 and 1. "
        "Case, width, spaces and dashes do not matter.",
        max_length=60,
        examples=["7K4M-Q2XA-9TCE-H5WP"],
    ),
    AfterValidator(_as_printed),
]


class GenuineReceipt(Out):
    """A genuine receipt (回执), to be compared with the paper. It does not contain what was filed."""

    genuine: Literal[True] = Field(description="Always true: a code nobody was given is a 404.")
    number: Label = Field(description="回执编号", examples=["2015-QT-R01"])
    campaign_name: Label = Field(description="活动名称", examples=["文明单位工作品牌创建年活动"])
    committee_name: Label = Field(description="推荐单位", examples=["乔屯街道党工委"])
    size: int = Field(description="Number of applications that it filed.", ge=1, le=200, examples=[2])
    filed_at: Instant = Field(description="Time of the filing that it proves.")
    short_digest: str = Field(
        description="The first sixteen characters of the receipt's `digest`, which covers all that was filed.",
        pattern="^[0-9a-f]{16}$",
        examples=["9f86d081884c7d65"],
    )


@router.get("/receipts/{verification_code}")
async def verify_receipt(verification_code: VerificationCode, view: Reads) -> GenuineReceipt:
    """Check a filing's receipt, without signing in.

    The answer says what a genuine receipt says: an altered one shows another committee, number, time or digest. It
    is for whoever holds the code, eighty random bits, and tells nothing of the cases. A code that was never issued is
    not found.
    """
    return GenuineReceipt(genuine=True, **values_of(await receipts.verify_receipt(view, verification_code)))
