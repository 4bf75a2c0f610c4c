"""A list as the body of a request: what is wrong with a member of it is told at the cell that it came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.findings import Finding, Rule
from app.services.policies.people.imports import REPEATED
from app.services.policies.people.listed import Entry, ListKind

CELL_NOT_VALID = Rule(
    "cell_not_valid",
    "{place}“{label}”写的是“{written}”：{reason}",
    "{place}: “{label}” says “{written}”: {reason_en}",
)
NO_ROWS = Rule(
    "no_rows",
    "清单中没有要导入的行。请在表头下面逐行填写。",
    "The list has no rows to be imported: fill them in below the head.",
)
LIST_NOT_VALID = Rule("list_not_valid", "清单不能导入：{reason}", "The list cannot be imported: {reason_en}")
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class ListBody:
    """A list as the body of a request, the row and its kind behind each pointer, and what is to be told."""

    body: Mapping[str, Sequence[Row]]
    origins: Mapping[str, tuple[Entry, ListKind]]
    findings: Sequence[Finding]

    def place(self, pointer: str) -> str | None:
        """Return the cell behind a pointer, or the first of its row."""
        whole, _, member = pointer.rpartition("/")
        if pointer in self.origins:
            return self.origins[pointer][0].place
        entry, _ = self.origins.get(whole, (None, ""))
        return entry.places.get(member.removesuffix("_id"), entry.place) if entry else None

    def at_cell(self, finding: Finding) -> Finding:
        """Say of an import's finding at which cell it is."""
        place = self.place(finding.pointer or "")
        if place is None:
            return Finding(finding.rule, "/file", finding.params)
        rule, first = finding.rule, finding.params.get("first")
        placed = Rule(rule.code, f"{{place}}：{rule.zh}", f"{{place}}: {rule.en}", rule.severity)
        repeats = {"first": self.place(str(first)) or first} if rule is REPEATED else {}
        return Finding(placed, "/file", {**finding.params, **repeats, "place": place})

    def not_valid(self, pointer: str, reason: str, reason_en: str) -> Finding | None:
        """Say at its cell why a member is not as it must be; None where its cell is known to be empty or wrong."""
        whole, _, member = pointer.rpartition("/")
        if whole not in self.origins:
            return LIST_NOT_VALID("/file", reason=reason, reason_en=reason_en)
        entry, kind = self.origins[whole]
        if member not in entry.texts:
            return None
        label = next(each.label for each in kind.columns if each.name == member)
        said = {"place": entry.places[member], "label": label, "written": entry.texts[member][:100]}
        return CELL_NOT_VALID("/file", reason=reason, reason_en=reason_en, **said)


def body_of(
    rows: Mapping[str, Sequence[Row]], origins: Mapping[str, tuple[Entry, ListKind]], findings: Sequence[Finding]
) -> ListBody:
    """Return the body that rows make; refuse a list without any."""
    missing = not origins and not any(finding.refuses for finding in findings)
    return ListBody(rows, origins, [*findings, *([NO_ROWS("/file")] if missing else [])])
