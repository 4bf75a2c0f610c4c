"""The bulk import of organisations over HTTP."""

from typing import Self

from pydantic import Field

from app.api.http.dependencies import Ctx
from app.api.http.output import Out
from app.api.http.routing import Router
from app.findings import FindingOut
from app.models.enums import ImportOutcome, Language
from app.problems import RulesViolated
from app.rows import values_of
from app.services.people import imports
from app.services.people.imports import ImportedRow, OrganisationImport

router = Router("/organisation-imports", tags=["organisation-imports"])


class ImportedRowOut(Out):
    """Result for one row; after a dry run, the result it would have."""

    pointer: str = Field(
        description="RFC 6901 pointer to the row in the request.", max_length=40, examples=["/committees/0"]
    )
    name: str = Field(description="The name in the row.", max_length=100, examples=["乔屯街道党工委"])
    code: str | None = Field(description="A committee's code; null for a unit.", max_length=10, examples=["C01"])
    outcome: ImportOutcome = Field(description="Registered, changed, or as it was.")
    findings: list[FindingOut] = Field(
        description="Advice: a credit code is doubtful, or the name is a former one, and the row was taken for who "
        "had it.",
        max_length=10,
        examples=[[]],
    )

    @classmethod
    def of(cls, row: ImportedRow, language: Language) -> Self:
        return cls(**values_of(row) | {"findings": [finding.worded(language) for finding in row.findings]})


class OrganisationImportOut(Out):
    """An import that was carried out, or tried out."""

    dry_run: bool = Field(description="True when nothing was changed.", examples=[True])
    created: int = Field(description="Rows that were registered.", ge=0, examples=[1])
    updated: int = Field(description="Rows that were changed.", ge=0, examples=[0])
    unchanged: int = Field(description="Rows without a change.", ge=0, examples=[0])
    rows: list[ImportedRowOut] = Field(
        description="Every row in the order sent: a committee, then its units; last units without one.",
        max_length=2200,
    )

    @classmethod
    def of(cls, rows: list[ImportedRow], language: Language, *, dry_run: bool) -> Self:
        counts = {kind.value: sum(row.outcome is kind for row in rows) for kind in ImportOutcome}
        return cls(dry_run=dry_run, rows=[ImportedRowOut.of(row, language) for row in rows], **counts)


@router.post("", raises=[RulesViolated])
async def import_organisations(body: OrganisationImport, ctx: Ctx) -> OrganisationImportOut:
    """Register or bring up to date many committees and their units at once: all of it, or nothing.

    A committee is known by its name, a unit by its name within its committee: what is known is changed where a member
    is named and differs, what is new is registered, what is not in the list is left alone. A former name finds who had
    it, and the row's `findings` say so. The same list sent again
    changes nothing. With `dry_run` everything is tried, the answer is the same, and nothing stays.

    Every bad row is listed at once with its pointer: members that are not as described (422); then names, codes and
    credit codes that occur twice or belong to another, and organisations that are retired (409).
    A doubtful credit code is taken, with advice on its row, as in a single registration.
    Units that no committee stands above (直属单位) are in `units` of the list itself.
    At most 200 committees with 2000 units in all, and a body of 5 MiB. Office only.
    """
    return OrganisationImportOut.of(await imports.carry_out(ctx, body), ctx.language, dry_run=body.dry_run)
