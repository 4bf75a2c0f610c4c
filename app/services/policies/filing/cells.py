"""Cells of its own that a campaign adds to 附件2: what is asked of them, and who reads them.

Nothing here knows one control from another but by the table in `controls`. Values are kept by code, tidied as those of
附件2 are; one that does not suit its control is kept as typed, and is a finding.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from app.comparable import is_filled
from app.findings import Finding, Rule
from app.models.enums import CellControl, CellNeed, Language, Severity
from app.periods import lasting, spoken
from app.phones import HIDDEN, in_prose, without_numbers
from app.services.policies import REQUIRED
from app.services.policies.filing.controls import KINDS, NO_SUCH_CELL, Kind, unsuitable
from app.services.policies.filing.own_cells import BOUNDS, LONGEST_TEXT, PERIOD, ROW, Json, OwnCell, Value, Values

ADVISED = Rule("advised", "建议填写“{label}”。", "“{label}” should be filled in.", Severity.ADVICE)
NUMBER_HIDDEN = Rule(
    "number_hidden",
    "“{label}”获奖后对外公布，其中的“{numbers}”似为电话号码，公布时和评审中以 {hidden} 代替。",
    "“{label}” is published with an award: “{numbers}” reads like a telephone number, and is shown as {hidden} then "
    "and to judges.",
    Severity.ADVICE,
)

STAMP_EXPECTED = Rule(
    "stamp_expected",
    "申报表“{label}”一栏应有“{stamp}”，盖章前请核对。",
    "The paper should bear the stamp beside “{label}” ({stamp}): make sure of it before you seal.",
    Severity.ADVICE,
)


def cell_findings(own: Sequence[OwnCell], values: Values) -> list[Finding]:
    """Return what is missing or wrong in the campaign's own cells."""
    return [finding.under(f"/cells/{cell.code}") for cell in own for finding in _findings(cell, values.get(cell.code))]


def stamp_findings(own: Sequence[OwnCell]) -> list[Finding]:
    """Advise a look at the stamps of those below who recommends: the same scan shows them."""
    return [STAMP_EXPECTED(f"/cells/{cell.code}", label=cell.name, stamp=cell.stamp) for cell in own if cell.stamp]


def unknown_findings(own: Sequence[OwnCell], patch: Values | None) -> list[Finding]:
    """Refuse values under names that no cell has: nobody would ever read them."""
    unknown = sorted((patch or {}).keys() - {cell.code for cell in own})
    return [NO_SUCH_CELL(f"/cells/{name}", name=name) for name in unknown if (patch or {})[name] is not None]


def patched(own: Sequence[OwnCell], present: Values, patch: Values | None) -> dict[str, Value]:
    """Return the values after a JSON Merge Patch (RFC 7396); what it names is tidied, and what is empty is left out."""
    merged = _merged(present, patch) if patch is not None else {}
    cells = {cell.code: cell for cell in own if patch and cell.code in patch}
    tidied = {code: _tidied(cells[code], value) if code in cells else value for code, value in merged.items()}
    return {code: value for code, value in tidied.items() if value not in (None, {}, [])}


def taken_back(old: Sequence[OwnCell], new: Sequence[OwnCell]) -> list[str]:
    """Return the cells that are no more: somebody may have filled them."""
    return sorted({cell.code for cell in old} - {cell.code for cell in new})


def tightened(old: Sequence[OwnCell], new: Sequence[OwnCell]) -> list[str]:
    """Return the new cells that ask for more than the old ones, or show more: somebody relied on the old ones."""
    before = {cell.code: cell for cell in old}
    return sorted(
        cell.code
        for cell in new
        if (_is_tighter(before[cell.code], cell) if cell.code in before else cell.need is CellNeed.REQUIRED)
    )


def schema(own: Sequence[OwnCell], language: Language) -> Json:
    """Write the cells as a JSON Schema of the 2020-12 dialect, for generators of forms: the schema of `cells`."""
    return {
        "type": "object",
        "properties": {cell.code: _property(cell, language) for cell in own},
        "required": [cell.code for cell in own if cell.need is CellNeed.REQUIRED],
    }


@dataclass(frozen=True, slots=True)
class CellInWords:
    """A filled cell for readers to whom the form is not known."""

    code: str
    name: str
    name_en: str
    control: CellControl
    value: Value
    text: str


def in_words(own: Sequence[OwnCell], values: Values) -> list[CellInWords]:
    """Return the filled cells in the order of the form."""
    filled = [(cell, values[cell.code]) for cell in own if cell.code in values]
    return [
        CellInWords(cell.code, cell.name, cell.name_en, cell.control, value, text_of(value, cell))
        for cell, value in filled
    ]


def for_judges(own: Sequence[OwnCell], values: Values, *, blind: bool) -> list[CellInWords]:
    """Return the cells that judges read: never a telephone number, and in a blind round no blind cell."""
    return _without_phones([cell for cell in own if not (blind and cell.blind)], values)


def for_public(own: Sequence[OwnCell], values: Values) -> list[CellInWords]:
    """Return the cells that everybody reads with an award."""
    return _without_phones([cell for cell in own if cell.public], values)


def _without_phones(own: Sequence[OwnCell], values: Values) -> list[CellInWords]:
    kept = [cell for cell in own if cell.control is not CellControl.PHONE]
    return in_words(kept, {code: _rows_without_phones(value) for code, value in values.items()})


def _rows_without_phones(value: Value) -> Value:
    """Return a value without the telephone numbers of its rows, and with those within its texts hidden."""
    if isinstance(value, str):
        return without_numbers(value)
    if not isinstance(value, list):
        return value
    rows = ({name: each for name, each in row.items() if name != "phone"} for row in value)
    return [{name: each if name == "url" else without_numbers(each) for name, each in row.items()} for row in rows]


def _shown_numbers(cell: OwnCell, value: Value) -> Iterator[Finding]:
    """Advise on telephone numbers in what everybody is to read: they are hidden there."""
    if not cell.public or cell.control is CellControl.PHONE:
        return
    texts = [value] if isinstance(value, str) else []
    if isinstance(value, list):
        texts = [each for row in value for name, each in row.items() if name not in ("phone", "url")]
    found = [number for each in texts for number in in_prose(each)]
    if found:
        yield NUMBER_HIDDEN(label=cell.name, numbers="、".join(found), hidden=HIDDEN)


def text_of(value: Value, cell: OwnCell | None = None) -> str:
    """Put a value into words: codes by the names of their options, dates as they are spoken, a list row by row."""
    names = {option.code: option.name for option in cell.options} if cell else {}
    if cell and cell.control is CellControl.DATE and isinstance(value, str):
        return spoken(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return lasting(*(value.get(name) for name in PERIOD))
    if isinstance(value, list):
        rows = ([(name, row[name]) for name in ROW if name in row] for row in value)
        return "\n".join(
            "，".join(names.get(each, each) if name == "role" else each for name, each in row) for row in rows
        )
    return names.get(value, str(value))


def _merged(target: Value, patch: Value) -> Value:
    if not isinstance(patch, Mapping):
        return patch
    base = target if isinstance(target, Mapping) else {}
    kept = {name: value for name, value in base.items() if name not in patch}
    return kept | {name: _merged(base.get(name), value) for name, value in patch.items() if value is not None}


def _tidied(cell: OwnCell, value: Value) -> Value:
    """Normalise a value; rows lose what is not filled."""
    if isinstance(value, list):
        rows = [{name: row[name] for name in ROW if row.get(name)} for row in value]
        value = [row for row in rows if row]
    return KINDS[cell.control].tidy(cell, value)


def _findings(cell: OwnCell, value: Value) -> Iterator[Finding]:
    kind = KINDS[cell.control]
    odd = value is False and bool not in kind.holds
    if not (odd or _is_given(value)):
        asked = {CellNeed.REQUIRED: REQUIRED, CellNeed.ADVISED: ADVISED}.get(cell.need)
        yield from [asked(label=cell.name)] if asked else []
    elif type(value) not in kind.holds:
        yield unsuitable(cell, text_of(value))
    else:
        yield from kind.findings(cell, value)
        yield from _bound_findings(cell, kind, value)
        yield from _shown_numbers(cell, value)


def _is_given(value: Value) -> bool:
    """Return true if a value says something; a consent that is not given says nothing."""
    if isinstance(value, Mapping | list):
        return any(map(_is_given, value.values() if isinstance(value, Mapping) else value))
    return is_filled(value) if isinstance(value, str) else value is not None and value is not False


def _bound_findings(cell: OwnCell, kind: Kind, value: Value) -> Iterator[Finding]:
    if kind.bounds:
        count, (low, high) = kind.measure(value), kind.bounds
        maximum = BOUNDS[cell.control][1] if cell.maximum is None else cell.maximum
        if cell.minimum is not None and count < cell.minimum:
            yield low(label=cell.name, minimum=cell.minimum, count=count)
        if count > maximum:
            yield high(label=cell.name, maximum=maximum, count=count)


def _is_tighter(before: OwnCell, after: OwnCell) -> bool:
    codes = [{option.code for option in cell.options} for cell in (before, after)]
    lows = [-inf if cell.minimum is None else cell.minimum for cell in (before, after)]
    highs = [inf if cell.maximum is None else cell.maximum for cell in (before, after)]
    return (
        after.control is not before.control
        or (after.need is CellNeed.REQUIRED and before.need is not CellNeed.REQUIRED)
        or lows[1] > lows[0]
        or highs[1] < highs[0]
        or not codes[0] <= codes[1]
        or bool(codes[1] and not codes[0])
        or (before.blind and not after.blind)
        or (after.public and not before.public)
        or bool(after.stamp and not before.stamp)
    )


def _property(cell: OwnCell, language: Language) -> Json:
    limits = _LIMITS[language].format(cell.minimum or 0, cell.maximum or LONGEST_TEXT)
    advice = [cell.help, limits if cell.control is CellControl.TEXT else ""]
    described = " ".join(filter(None, advice))
    words = {"title": cell.said(language)} | ({"description": described} if described else {})
    return KINDS[cell.control].schema(cell) | words


_LIMITS = {Language.ZH: "{}～{} 字。", Language.EN: "{} to {} characters (字)."}
