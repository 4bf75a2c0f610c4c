"""Second factors over HTTP: authenticator apps and recovery codes, each person's own."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Ctx, IfMatch, Keys, Paging, Reads
from app.api.http.output import Instant, Out, Page, ResourceId, VersionTag
from app.api.http.routing import Router
from app.context import View
from app.models.enums import FactorKind
from app.problems import ReauthenticationRequired, RulesViolated
from app.services.people import factors
from app.services.people.factors import FactorChange, FactorName, TotpConfirmation, TotpCreate

router = Router("/account/factors", tags=["factors"])
FactorId = Annotated[UUID, Path(description="The factor.")]
Codes = Annotated[
    list[Annotated[str, Field(max_length=40)]],
    Field(
        max_length=10,
        description="Recovery codes: each replaces a lost factor once. Only this answer contains them: print them.",
        examples=[["MZXW-6YTB-OI4D-QNRS-GEZD-GNBV"]],
    ),
]


class FactorOut(Out):
    """A second factor of yours that counts."""

    id: ResourceId
    etag: VersionTag
    kind: FactorKind = Field(description="An authenticator app, or a passkey.")
    name: FactorName
    confirmed_at: Instant = Field(description="Time from which it counts.")
    used_at: Instant | None = Field(description="Time of the last sign-in with it; null before.", examples=[None])

    @classmethod
    async def read(cls, view: View, factor_id: UUID) -> Self:
        return cls.model_validate(await factors.read(view, factor_id))


class FactorPage(Page[FactorOut]):
    """One page of your second factors, oldest first."""


class TotpEnrolment(Out):
    """An authenticator app's secret, which only this answer contains; it counts once a code confirms it."""

    id: ResourceId
    secret: str = Field(
        description="The secret in base32, for typing.", max_length=64, examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"]
    )
    uri: str = Field(
        description="The same for a QR code, in the form that authenticator apps read.",
        max_length=400,
        examples=["otpauth://totp/Pinpai:longhua.li?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Pinpai"],
    )


class FactorConfirmed(Out):
    """A factor that counts from now on."""

    factor: FactorOut
    recovery_codes: Codes


class RecoveryCodesOut(Out):
    """New recovery codes; the earlier ones are void."""

    recovery_codes: Codes


class RecoveryCodesLeft(Out):
    """The recovery codes you still have."""

    left: int = Field(description="Number of recovery codes that were not used.", ge=0, le=10, examples=[9])


@router.get("")
async def list_factors(view: Reads, page: Paging) -> FactorPage:
    """List your own second factors, oldest first. Without one, the password alone opens a session."""
    found = await factors.search(view, **page.binds)
    return FactorPage.of(found, [FactorOut.model_validate(row) for row in found.rows])


@router.post(
    "/totp", status_code=201, location="/account/factors/{out.id}", raises=[ReauthenticationRequired, RulesViolated]
)
async def create_totp(body: TotpCreate, ctx: Ctx, keyring: Keys) -> TotpEnrolment:
    """Begin to add an authenticator app: show the secret as a QR code, and confirm it with a code of the app.

    Until then it does not count, and is not listed; a later beginning replaces it. Persons only.
    """
    made = await factors.begin_totp(ctx, keyring, body)
    return TotpEnrolment(id=made.id, secret=made.secret, uri=made.uri)


@router.post("/{factor_id:uuid}/confirmation", raises=[RulesViolated])
async def confirm_factor(factor_id: FactorId, body: TotpConfirmation, ctx: Ctx, keyring: Keys) -> FactorConfirmed:
    """Let an authenticator app count from now on, by a code of it. All your other sessions end at once.

    With the first factor you get ten recovery codes; with a further one none, the earlier ones stay. A session that
    might only add a factor is an ordinary one from now on. The code that confirmed it is taken: it opens no session.
    """
    codes = await factors.confirm_totp(ctx, keyring, factor_id, body)
    return FactorConfirmed(factor=await FactorOut.read(ctx, factor_id), recovery_codes=codes)


@router.get("/recovery-codes")
async def read_recovery_codes(view: Reads) -> RecoveryCodesLeft:
    """Read how many recovery codes you have left."""
    return RecoveryCodesLeft(left=await factors.codes_left(view))


@router.post(
    "/recovery-codes",
    status_code=201,
    location="/account/factors/recovery-codes",
    raises=[ReauthenticationRequired, RulesViolated],
)
async def create_recovery_codes(ctx: Ctx) -> RecoveryCodesOut:
    """Replace your recovery codes by ten new ones, which only this answer contains."""
    return RecoveryCodesOut(recovery_codes=await factors.replace_recovery_codes(ctx))


@router.get("/{factor_id:uuid}")
async def read_factor(factor_id: FactorId, view: Reads) -> FactorOut:
    """Read a second factor of your own."""
    return await FactorOut.read(view, factor_id)


@router.patch("/{factor_id:uuid}")
async def update_factor(factor_id: FactorId, body: FactorChange, version: IfMatch, ctx: Ctx) -> FactorOut:
    """Rename a second factor of your own."""
    await factors.rename(ctx, factor_id, body, version)
    return await FactorOut.read(ctx, factor_id)


@router.delete("/{factor_id:uuid}", status_code=204, raises=[ReauthenticationRequired])
async def delete_factor(factor_id: FactorId, ctx: Ctx) -> None:
    """Remove a second factor of your own. All your other sessions end at once; the last one takes the codes along.

    A role that needs a second factor adds the next one at its next sign-in.
    """
    await factors.remove(ctx, factor_id)
