"""Lists of accounts as tables (.xlsx, .xls, .ods, .csv) over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Form, Response
from pydantic import Field

from app.api.http.dependencies import Limits, Viewer
from app.api.http.listed import TABLE, WORKBOOK, Drawing, ListFile, ListOut, ListUpload, Reading, described, workbook
from app.api.http.output import Out
from app.api.http.routing import Router
from app.findings import FindingOut
from app.models.enums import ImportOutcome, Language
from app.problems import ReauthenticationRequired, RulesViolated
from app.rows import values_of
from app.services.people import account_lists, listed
from app.services.people.account_lists import InvitedList, ListedAccount
from app.services.people.accounts import PersonName, Username

router = Router("/account-lists", tags=["accounts"])


class ListedAccountOut(Out):
    """Result for one row; after a dry run, the result it would have."""

    place: str = Field(description="The row's first cell, as Excel names it.", max_length=220, examples=["账号!A3"])
    username: Username
    name: PersonName
    outcome: ImportOutcome = Field(description="Invited, or as it was: an account that there is already.")
    account_id: UUID | None = Field(description="The account; null for one that was not made.", examples=[None])
    activation_code: str | None = Field(
        description="Its activation code, which only this answer contains: hand it over in person or by telephone. "
        "Null after a dry run, and for an account that there was already.",
        max_length=64,
        examples=["MZXW-6YTB-OI4D-QNRS-GEZD-GNBV"],
    )
    findings: list[FindingOut] = Field(
        description="Advice on the row; `params.place` is the cell.", max_length=10, examples=[[]]
    )

    @classmethod
    def of(cls, row: ListedAccount, language: Language) -> Self:
        return cls(**values_of(row) | {"findings": [finding.worded(language) for finding in row.findings]})


class AccountListOut(ListOut):
    """A list of accounts that was imported, or tried out."""

    rows: list[ListedAccountOut] = Field(description="Every row, in the order of the file.", max_length=500)

    @classmethod
    def of(cls, done: InvitedList, language: Language, *, dry_run: bool) -> Self:
        rows = [ListedAccountOut.of(row, language) for row in done.rows]
        return cls(dry_run=dry_run, rows=rows, findings=[finding.worded(language) for finding in done.findings])


@router.post("", raises=[RulesViolated, ReauthenticationRequired])
async def import_account_list(
    form: Annotated[ListUpload, Form(media_type="multipart/form-data")], uploads: Reading, most: Limits
) -> AccountListOut:
    """Invite the persons of a table: all of them, or nobody; with `dry_run` try it out.

    A row is what `POST /accounts` takes, with the names of committee and unit; at most 500. Each new account has its
    activation code in the answer, once; a dry run has none. An account that there is already, with the same name, role
    and organisation, is left as it is; another person's username is refused. Findings name their cells, as those of
    `POST /organisation-lists` do. The office invites everybody but machine clients, a committee the people of its units
    and, soon after a proof of identity, further liaisons of its own.
    """
    arrival = await uploads.receive(await form.file.read(), TABLE, account_lists.admit)
    async with uploads.attaching(arrival) as ctx:
        done = await account_lists.carry_out(ctx, arrival.found, described, most, dry_run=form.dry_run)
        return AccountListOut.of(done, ctx.language, dry_run=form.dry_run)


@router.post(
    "/marked-copy", response_class=Response, responses=WORKBOOK, raises=[RulesViolated, ReauthenticationRequired]
)
async def mark_account_list(
    form: Annotated[ListFile, Form(media_type="multipart/form-data")],
    uploads: Reading,
    workers: Drawing,
    most: Limits,
) -> Response:
    """Try a list of accounts out, and download it with each cell that was told about marked and commented.

    Nobody is invited. Red cells refuse the list, yellow ones have advice, as in `POST /organisation-lists/marked-copy`.
    """
    data = await form.file.read()
    arrival = await uploads.receive(data, TABLE, account_lists.admit)
    async with uploads.transaction() as ctx:
        trial = account_lists.carry_out(ctx, arrival.found, described, most, dry_run=True)
        told = await listed.told(trial)
    return await workbook(listed.marked(workers, account_lists.NAME, data, told, ctx.language))


@router.get("/template", response_class=Response, responses=WORKBOOK)
async def read_account_list_template(view_of: Viewer, workers: Drawing) -> Response:
    """Download an empty list of accounts (.xlsx): headings with notes, drop-downs, and an example not imported."""
    async with view_of() as view:
        told = await account_lists.described(view)
    return await workbook(listed.template(workers, account_lists.NAME, told))
