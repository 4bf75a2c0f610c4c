"""Files and partners of an application, which go with it when a draft is deleted."""

from sqlalchemy import delete, select

from app.context import Context
from app.models import Application, Attachment, Image, Partner
from app.services import files
from app.services.history import remove
from app.services.policies.filing.partners import REMOVED


async def forget(ctx: Context, application: Application) -> None:
    """Take out all that belongs to an application, before it is deleted."""
    await _forget_files(ctx, application)
    await _forget_partners(ctx, application)


async def _forget_files(ctx: Context, application: Application) -> None:
    """Mark the files of an application for deletion, before it is deleted; no version has any of them."""
    images = await ctx.session.scalars(select(Image).where(Image.application_id == application.id))
    attached = await ctx.session.scalars(select(Attachment).where(Attachment.application_id == application.id))
    pictures = [file_id for image in images for file_id in (image.file_id, image.thumbnail_id)]
    await files.condemn(ctx, [*pictures, *(each.file_id for each in attached)])
    for model in (Image, Attachment):
        await ctx.session.execute(delete(model).where(model.application_id == application.id))


async def _forget_partners(ctx: Context, application: Application) -> None:
    """Take all partners out, before the application is deleted."""
    for partner in await ctx.session.scalars(select(Partner).where(Partner.application_id == application.id)):
        await remove(ctx, partner, REMOVED, **about(application, partner))
    await ctx.flush()  # before the row to which they refer


def about(application: Application, partner: Partner) -> dict[str, object]:
    """The particulars that an event of a partner keeps: the row, or the application, may be gone when it is told."""
    return {
        "application_id": str(application.id),
        "campaign_id": str(application.campaign_id),
        "lead_id": str(application.unit_id),
        "unit_id": str(partner.unit_id),
        "number": application.number,
    }
