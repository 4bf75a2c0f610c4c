"""The bulk import of organisations: whole or not at all, tried out first if wished, the same again without effect."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Self, TypeVar
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import Select, or_, select

from app.comparable import comparable
from app.context import Context
from app.findings import Finding
from app.inputs import Input
from app.models import Committee, Unit
from app.models.enums import ImportOutcome, Role
from app.services.history import change, create, differing
from app.services.people import committees, former_names, vocabularies
from app.services.people.committees import Codes, CommitteeCreate
from app.services.people.units import UnitEntry, facts_of
from app.services.policies import Event, refuse, require_role
from app.services.policies.people import committees as committee_policy
from app.services.policies.people import imports as policy
from app.services.policies.people import units as unit_policy
from app.services.policies.people.committees import next_code
from app.services.policies.people.vocabularies import COMMITTEE_KIND, HONOUR_LEVEL

Organisation = TypeVar("Organisation", Committee, Unit)
MOST_COMMITTEES, MOST_UNITS = 200, 2000
SOURCE = {"source": "import"}


class CommitteeEntry(CommitteeCreate):
    """A committee as the list has it, with its units."""

    units: list[UnitEntry] = Field(default_factory=list, max_length=MOST_UNITS, description="Its units.")


class OrganisationImport(Input):
    """Committees and their units, to be registered or brought up to date. What is not in the list stays as it is."""

    dry_run: Annotated[bool, Field(strict=True)] = Field(
        False, description="True tries everything, answers the same, and changes nothing.", examples=[True]
    )
    committees: list[CommitteeEntry] = Field(
        default_factory=list,
        min_length=1,
        max_length=MOST_COMMITTEES,
        description="The committees; at most 2000 units in all, those without a committee among them.",
    )
    units: list[UnitEntry] = Field(
        default_factory=list, max_length=MOST_UNITS, description="Units that no committee stands above (直属单位)."
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.committees and not self.units:
            raise self.contradiction("committees or units are needed", "committees")
        return self

    @field_validator("committees", mode="before")
    @classmethod
    def _not_too_many(cls, rows: object) -> object:
        """Count before looking at any row: a list too long to be answered row by row is refused as a whole."""
        lists = [row.get("units") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        if sum(len(units) for units in lists if isinstance(units, list)) > MOST_UNITS:
            raise _TOO_MANY
        return rows

    @field_validator("units")
    @classmethod
    def _not_too_many_in_all(cls, units: list[UnitEntry], before: ValidationInfo) -> list[UnitEntry]:
        if len(units) + sum(len(each.units) for each in before.data.get("committees", ())) > MOST_UNITS:
            raise _TOO_MANY
        return units


_TOO_MANY = PydanticCustomError("too_many_units", "Too many units.", {"limit": MOST_UNITS})
Entries = Mapping[str, CommitteeEntry]
"""The committees of a list by their pointers."""
ROOT = ""


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """The outcome of one row, and advice on what it says."""

    pointer: str
    name: str
    code: str | None
    outcome: ImportOutcome
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Present:
    """The stored rows beside the list's: committees by name, units by committee and name, credit codes of units.

    A name finds the row that has it, or else the one whose name looks the same, or else the one that had it before.
    """

    codes: Codes
    committees: dict[str, Committee]
    units: dict[tuple[UUID, str], Unit]
    held: set[str | None]
    until: dict[tuple[UUID, str], datetime]

    def committee(self, entry: CommitteeEntry) -> Committee | None:
        return self.committees.get(entry.name) or self.committees.get(comparable(entry.name))

    def advice(self, pointer: str, name: str, row: Committee | Unit | None) -> tuple[Finding, ...]:
        """Advise on a row that was found by a name it had before."""
        until = self.until.get((row.id, comparable(name))) if row and comparable(row.name) != comparable(name) else None
        return (policy.FORMER_NAME(pointer, name=name, present=row.name, until=until),) if row and until else ()

    def unit(self, committee: Committee | None, entry: UnitEntry) -> Unit | None:
        names = (entry.name, comparable(entry.name)) if committee else ()
        return next((unit for name in names if committee and (unit := self.units.get((committee.id, name)))), None)

    def another_has(self, code: str | None, unit: Unit | None) -> bool:
        return code in self.held and not (unit and unit.credit_code == code)


async def carry_out(ctx: Context, body: OrganisationImport) -> list[ImportedRow]:
    """Register new rows and change rows that differ, all or nothing; a dry run does the same and rolls it back."""
    require_role(ctx.actor.role, Role.OFFICE)
    async with ctx.attempt(dry_run=body.dry_run):
        return await _store(ctx, await _entries(ctx, body))


async def _entries(ctx: Context, body: OrganisationImport) -> Entries:
    """Return the list by pointers; units without a committee under the one that stands for it, at the root."""
    entries = {f"/committees/{at}": entry for at, entry in enumerate(body.committees)}
    if not body.units:
        return entries
    direct = await committees.of_direct_units(ctx)
    return entries | {ROOT: CommitteeEntry(name=direct.name, kind=direct.kind, units=body.units)}


async def _store(ctx: Context, entries: Entries) -> list[ImportedRow]:
    present = await _present(ctx, entries.values())
    refuse([*_repetitions(entries), *_findings(entries, present), *await _unknown_words(ctx, entries, present)])
    codes = present.codes.ever | {entry.code for entry in entries.values() if entry.code}
    stored = [_store_committee(ctx, entry, present, codes) for entry in entries.values()]
    await ctx.flush()  # the units refer to their committees
    return list(_rows(ctx, entries, stored, present))


def _rows(
    ctx: Context,
    entries: Entries,
    stored: Sequence[tuple[Committee, ImportOutcome]],
    present: Present,
) -> Iterator[ImportedRow]:
    """Yield the outcome of each committee, then store its units and yield theirs."""
    for (pointer, entry), (committee, outcome) in zip(entries.items(), stored, strict=True):
        if pointer != ROOT:
            advice = present.advice(f"{pointer}/name", entry.name, committee)
            yield ImportedRow(pointer, committee.name, committee.code, outcome, advice)
        for number, unit_entry in enumerate(entry.units):
            place, known = f"{pointer}/units/{number}", present.unit(committee, unit_entry)
            advice = present.advice(f"{place}/name", unit_entry.name, known)
            name = known.name if known and advice else unit_entry.name
            unit, done = _store_unit(ctx, unit_entry, present, committee)
            doubts = tuple(finding.under(place) for finding in unit_policy.code_advice(facts_of(unit)))
            yield ImportedRow(place, name, None, done, (*advice, *doubts))


async def _present(ctx: Context, entries: Collection[CommitteeEntry]) -> Present:
    """Read and lock, in one statement each, the committees and units that the rows may name."""
    taken = await committees.codes_taken(ctx)
    names = [entry.name for entry in entries]
    alike = or_(Committee.name.in_(names), Committee.comparable_name.in_(map(comparable, names)))
    found = (await ctx.session.scalars(_locked(Committee).where(alike))).all()
    formerly = await _formerly(ctx, Committee, names, {each.id for each in found})
    found = [*(each for each, *_ in formerly), *found]
    by_name = {name: each for each, name, _ in formerly}
    by_name |= {each.comparable_name or each.name: each for each in found} | {each.name: each for each in found}
    ids = [committee.id for committee in found]
    credit_codes = [unit.credit_code for entry in entries for unit in entry.units if unit.credit_code]
    wanted = or_(Unit.committee_id.in_(ids), Unit.credit_code.in_(credit_codes))
    units = (await ctx.session.scalars(_locked(Unit).where(wanted))).all()
    of_units = [unit.name for entry in entries for unit in entry.units]
    listed = {comparable(name) for name in of_units}
    present = {unit.id for unit in units if unit.comparable_name in listed}
    renamed = [each for each in await _formerly(ctx, Unit, of_units, present) if each[0].committee_id in ids]
    by_place = {(unit.committee_id, name): unit for unit, name, _ in renamed}
    by_place |= {(unit.committee_id, unit.comparable_name or unit.name): unit for unit in units}
    by_place |= {(unit.committee_id, unit.name): unit for unit in units}
    held = {unit.credit_code for unit in units if unit.retired_at is None}
    until = {(each.id, name): at for each, name, at in [*formerly, *renamed]}
    return Present(taken, by_name, by_place, held - {None}, until)


async def named(ctx: Context, names: Collection[str]) -> Mapping[str, Committee]:
    """Return the committees that have or had these names, by the name as it is compared, the present ones first."""
    alike = list(map(comparable, names))
    found = (await ctx.session.scalars(select(Committee).where(Committee.comparable_name.in_(alike)))).all()
    formerly = await _formerly(ctx, Committee, names, {each.id for each in found})
    return {name: each for each, name, _ in formerly} | {comparable(each.name): each for each in found}


async def _formerly(
    ctx: Context, kind: type[Organisation], names: Collection[str], known: Collection[UUID]
) -> Sequence[tuple[Organisation, str, datetime]]:
    """Those in use that had one of these names before, each with the name as it is compared, but for the known ones."""
    alike = list({comparable(name) for name in names})
    rows = await ctx.session.execute(former_names.of(kind, alike).where(kind.id.not_in(known)))
    return [(row[0], comparable(row[1]), row[2]) for row in rows]


def _locked(kind: type[Organisation]) -> Select[Organisation]:
    """All, the retired before those that have their names now."""
    return select(kind).order_by(kind.retired_at, kind.id).with_for_update(key_share=True)


def _repetitions(entries: Entries) -> Iterator[Finding]:
    """Findings against values that occur twice in the list itself."""
    at = list(entries.items())
    units = [
        (f"{pointer}/units/{number}", entry.name, unit)
        for pointer, entry in at
        for number, unit in enumerate(entry.units)
    ]
    yield from policy.repetitions((f"{pointer}/name", comparable(entry.name)) for pointer, entry in at)
    yield from policy.repetitions((f"{pointer}/code", entry.code) for pointer, entry in at)
    yield from policy.repetitions(
        (f"{pointer}/name", (comparable(committee), comparable(unit.name))) for pointer, committee, unit in units
    )
    yield from policy.repetitions((f"{pointer}/credit_code", unit.credit_code) for pointer, _, unit in units)


def _findings(entries: Entries, present: Present) -> Iterator[Finding]:
    """Findings against the rows, by what is already stored."""
    for pointer, entry in entries.items():
        committee = present.committee(entry)
        yield from policy.committee_findings(
            pointer,
            entry.code,
            present_code=committee.code if committee else None,
            retired=committee is not None and committee.retired_at is not None,
            taken=present.codes.standing,
        )
        for unit_at, unit_entry in enumerate(entry.units):
            unit = present.unit(committee, unit_entry)
            yield from policy.unit_findings(
                f"{pointer}/units/{unit_at}",
                retired=unit is not None and unit.retired_at is not None,
                credit_code_is_anothers=present.another_has(unit_entry.credit_code, unit),
            )


async def _unknown_words(ctx: Context, entries: Entries, present: Present) -> list[Finding]:
    """Findings against kinds and levels that would be given and may not be; what has one keeps it."""
    kinds: dict[str, str | None] = {}
    levels: dict[str, str | None] = {}
    for pointer, entry in entries.items():
        committee = present.committee(entry)
        kinds[f"{pointer}/kind"] = entry.kind if committee is None or committee.kind != entry.kind else None
        for at, unit_entry in enumerate(entry.units):
            unit, level = present.unit(committee, unit_entry), unit_entry.honour_level
            changed = unit is None or unit.honour_level != level
            levels[f"{pointer}/units/{at}/honour_level"] = level if changed else None
    return await vocabularies.findings(ctx, {COMMITTEE_KIND: kinds, HONOUR_LEVEL: levels})


def _store_committee(
    ctx: Context, entry: CommitteeEntry, present: Present, codes: set[str]
) -> tuple[Committee, ImportOutcome]:
    if committee := present.committee(entry):
        values = entry.model_dump(exclude_unset=True, exclude={"code", "name", "units"})
        return committee, _update(ctx, committee, committee_policy.CHANGE.event, values)
    code = entry.code or next_code(codes)
    codes.add(code)
    fresh = Committee(**(entry.model_dump(exclude={"units"}) | {"code": code}))
    return create(ctx, fresh, committee_policy.CREATED, **SOURCE), ImportOutcome.CREATED


def _store_unit(ctx: Context, entry: UnitEntry, present: Present, committee: Committee) -> tuple[Unit, ImportOutcome]:
    if unit := present.unit(committee, entry):
        values = entry.model_dump(exclude_unset=True, exclude={"name"})
        return unit, _update(ctx, unit, unit_policy.CHANGE.event, values)
    fresh = Unit(committee_id=committee.id, **entry.model_dump())
    return create(ctx, fresh, unit_policy.CREATED, **SOURCE), ImportOutcome.CREATED


def _update(ctx: Context, row: Committee | Unit, event: Event, values: dict[str, object]) -> ImportOutcome:
    """Change the values that differ; a row without any leaves no trace."""
    changes = differing(row, values)
    if not changes:
        return ImportOutcome.UNCHANGED
    change(ctx, row, event, data=SOURCE, **changes)
    return ImportOutcome.UPDATED
