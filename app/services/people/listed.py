"""Lists that come as tables, whatever they list: judged as the body that they make, marked, and drawn empty."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.file_names import XLSX, FileName, Part, named
from app.findings import Finding
from app.imaging import ImageRefused, Workers
from app.inputs import Input
from app.models.enums import Language
from app.problems import RulesViolated, Unavailable
from app.services.policies import refuse
from app.services.policies.people.listed_bodies import ListBody
from app.services.policies.people.listed_files import BROKEN_TABLE
from app.tables.lists import draw_template, mark_list

Body = TypeVar("Body", bound=Input)
Errors = Sequence[ErrorDetails]
Described = Callable[[Errors], Sequence[tuple[str, str, str]]]
"""The pointers of what is not as it must be, with the reasons in Chinese and in English."""
MARKED, TEMPLATE = Part("标注", "marked"), Part("模板", "template")


def validated(kind: type[Body], read: ListBody, describe: Described, *, dry_run: bool) -> Body:
    """Make the body of the rows, or refuse every cell that is not as it must be."""
    try:
        body = kind.model_validate({**read.body, "dry_run": dry_run})
    except ValidationError as wrong:
        told = (read.not_valid(*each) for each in describe(wrong.errors()))
        refuse([*read.findings, *(each for each in told if each and read.origins)])
        raise
    refuse(read.findings)
    return body


class Advised(Protocol):
    """A row that was taken, and advice on what it says."""

    @property
    def findings(self) -> Sequence[Finding]: ...


class Tried(Protocol):
    """A list that was tried out: its rows, and advice on its cells."""

    @property
    def rows(self) -> Sequence[Advised]: ...
    @property
    def findings(self) -> Sequence[Finding]: ...


async def told(trial: Awaitable[Tried]) -> Sequence[Finding]:
    """Return all that a dry run of a list is told, whether it is refused or not."""
    try:
        tried = await trial
    except RulesViolated as refused:
        return refused.findings
    return [*tried.findings, *(finding for row in tried.rows for finding in row.findings)]


async def marked(
    workers: Workers, name: Part, data: bytes, findings: Sequence[Finding], language: Language
) -> tuple[bytes, FileName]:
    """Return the file as a workbook in which each cell that was told about is marked and commented."""
    marks = [_mark(finding, language) for finding in findings if "place" in finding.params]
    try:
        return await mark_list(workers, data, marks), named(XLSX, name, MARKED)
    except ImageRefused as refused:
        raise RulesViolated([BROKEN_TABLE("/file")]) from refused


async def template(workers: Workers, name: Part, told: Mapping[str, object]) -> tuple[bytes, FileName]:
    """Draw an empty list; Unavailable while the process that draws it is away."""
    try:
        return await draw_template(workers, told), named(XLSX, name, TEMPLATE)
    except ImageRefused as lost:
        raise Unavailable(retry_after=1) from lost


def _mark(finding: Finding, language: Language) -> Mapping[str, object]:
    sheet, _, cell = str(finding.params.get("place")).rpartition("!")
    return {
        "sheet": sheet,
        "cell": cell,
        "text": finding.worded(language).message,
        "refuses": finding.refuses,
    }
