"""Measure the shape of source trees: sizes, imports, types, docstrings, commit subjects.

`python -m docs.measure` measures `app/`; name other trees to see them side by side. `--json` prints the same figures
as JSON, and `--against FILE` puts such a file before them.
"""

import argparse
import ast
import json
import math
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import TypeVar, cast

RELATIVE_OPENING = re.compile(r"(What|Who|Whom|Whose|Which|When|Where|Why|Whether|How|Whoever|Whatever)\b")
NOQA = re.compile(r"#\s*noqa\b")
ROW_BY_NAME = re.compile(r"""\b(?!Literal\b)\w+\["[a-z_]+"\]""")
LONG_FILE, LONG_SUBJECT, COMMITS = 400, 72, 100
NONE = "–"

N = TypeVar("N", bound=ast.AST)
FUNCTIONS: tuple[type[ast.FunctionDef | ast.AsyncFunctionDef], ...] = (ast.FunctionDef, ast.AsyncFunctionDef)
DOCUMENTED: tuple[type[ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef], ...]
DOCUMENTED = (ast.Module, ast.ClassDef, *FUNCTIONS)
IMPORTS: tuple[type[ast.Import | ast.ImportFrom], ...] = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class Source:
    """One file: its path below the root, its text and its syntax tree, parsed when it is asked for."""

    path: Path
    text: str

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @cached_property
    def _nodes(self) -> dict[type[ast.AST], list[ast.AST]]:
        """Nodes of the tree by their kind: each figure asks for a few kinds, and there are half a million nodes."""
        found: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        for node in ast.walk(ast.parse(self.text)):
            found[type(node)].append(node)
        return found

    def every(self, *kinds: type[N]) -> Iterator[N]:
        """Yield the nodes of these kinds."""
        for kind in kinds:
            yield from cast("list[N]", self._nodes.get(kind, []))


@dataclass(frozen=True)
class Tree:
    """A source tree and its files."""

    root: Path
    sources: Sequence[Source]

    def under(self, *folders: str) -> list[Source]:
        """Files of these folders, wherever in the tree the folders are."""
        return [source for source in self.sources if set(folders) & set(source.path.parent.parts)]

    @property
    def services(self) -> list[Source]:
        """Modules of `services`, but for the policies, which are a layer of their own."""
        return [
            source
            for source in self.under("services")
            if "policies" not in source.path.parts and source.path.name != "__init__.py"
        ]


def read(root: Path) -> Tree:
    """Read every Python file of a folder."""
    return Tree(root, [Source(path.relative_to(root), path.read_text("utf-8")) for path in sorted(root.rglob("*.py"))])


def spread(values: Iterable[int], *, longest: bool = False) -> str:
    """Median / 90th percentile (nearest rank), and the largest if asked for."""
    ordered = sorted(values)
    if not ordered:
        return NONE
    figures = [median(ordered), ordered[math.ceil(0.9 * len(ordered)) - 1], *ordered[-1:]]
    return " / ".join(f"{figure:g}" for figure in figures[: 3 if longest else 2])


def functions(tree: Tree) -> list[int]:
    """Lines of every function, without its decorators."""
    return [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for source in tree.sources
        for node in source.every(*FUNCTIONS)
    ]


def imported_names(sources: Iterable[Source]) -> list[int]:
    """Names that each file imports."""
    return [sum(len(node.names) for node in source.every(*IMPORTS)) for source in sources]


def any_rate(sources: Sequence[Source]) -> str:
    """Uses of `Any` per thousand lines; its imports do not count."""
    lines = sum(source.lines for source in sources)
    uses = sum(node.id == "Any" for source in sources for node in source.every(ast.Name))
    return f"{1000 * uses / lines:.1f}" if lines else NONE


def string_subscripts(sources: Iterable[Source]) -> int:
    """Values read by a constant name, as `row["name"]`."""
    return sum(_reads_a_name(node) for source in sources for node in source.every(ast.Subscript))


def _reads_a_name(node: ast.Subscript) -> bool:
    return (
        isinstance(node.ctx, ast.Load)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
        and not (isinstance(node.value, ast.Name) and node.value.id == "Literal")
    )


def matches(pattern: re.Pattern[str], sources: Iterable[Source]) -> int:
    """Number of matches of a pattern in the text."""
    return sum(len(pattern.findall(source.text)) for source in sources)


def docstrings(tree: Tree) -> list[str]:
    """Docstrings of modules, classes and functions."""
    found = (ast.get_docstring(node) for source in tree.sources for node in source.every(*DOCUMENTED))
    return [text for text in found if text]


def rooms(tree: Tree) -> dict[str, set[str]]:
    """Rooms of `services` — its domains, the policies, each module of its kernel — with those each imports from."""
    package = f"{tree.root.name}.services."
    imports: dict[str, set[str]] = {}
    for source in tree.under("services"):
        names = (name.removeprefix(package) for name in _modules(source) if name.startswith(package))
        imports.setdefault(_room(source), set()).update(name.partition(".")[0] for name in names)
    imports.pop("__init__", None)
    return {room: (targets & imports.keys()) - {room} for room, targets in imports.items()}


def _room(source: Source) -> str:
    """First part of the path below `services`."""
    parts = source.path.with_suffix("").parts
    return parts[parts.index("services") + 1]


def _modules(source: Source) -> Iterable[str]:
    """Dotted names of everything imported; `from a import b` counts as `a.b`."""
    for plain in source.every(ast.Import):
        yield from (alias.name for alias in plain.names)
    for node in source.every(ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def subjects(tree: Tree) -> list[int]:
    """Lengths of the last hundred commit subjects; none where the tree is not under Git."""
    command = ["git", "-C", str(tree.root), "log", f"-{COMMITS}", "--no-merges", "--format=%s"]
    log = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # constant but for a path
    return [len(line) for line in log.stdout.splitlines()]


def share(part: int, whole: int) -> str:
    return f"{part} of {whole}" if whole else NONE


def over(limit: int, values: Iterable[int]) -> int:
    return sum(value > limit for value in values)


def opened_relatively(tree: Tree) -> str:
    texts = docstrings(tree)
    return share(sum(bool(RELATIVE_OPENING.match(text)) for text in texts), len(texts))


def long_subjects(tree: Tree) -> str:
    lengths = subjects(tree)
    return share(over(LONG_SUBJECT, lengths), len(lengths))


FIGURES: dict[str, Callable[[Tree], object]] = {
    "files": lambda tree: len(tree.sources),
    "lines": lambda tree: sum(source.lines for source in tree.sources),
    "longest file": lambda tree: max((source.lines for source in tree.sources), default=0),
    f"files over {LONG_FILE} lines": lambda tree: over(LONG_FILE, (source.lines for source in tree.sources)),
    "functions": lambda tree: len(functions(tree)),
    "lines of a function: median / p90 / longest": lambda tree: spread(functions(tree), longest=True),
    "names imported by a file: median / p90": lambda tree: spread(imported_names(tree.sources)),
    "names imported by a service: median / p90": lambda tree: spread(imported_names(tree.services)),
    "`Any` per 1 000 lines": lambda tree: any_rate(tree.sources),
    "`Any` per 1 000 lines of services and policies": lambda tree: any_rate(tree.under("services")),
    "string subscripts read in services and policies": lambda tree: string_subscripts(tree.under("services")),
    '`row["name"]` in services, policies and api': lambda tree: matches(ROW_BY_NAME, tree.under("services", "api")),
    "docstrings that open with a relative clause": opened_relatively,
    "`noqa`": lambda tree: matches(NOQA, tree.sources),
    "rooms of services": lambda tree: len(rooms(tree)),
    "arrows between them": lambda tree: sum(map(len, rooms(tree).values())),
    f"commit subjects of the last {COMMITS}: median": lambda tree: spread(subjects(tree)).partition(" ")[0],
    f"commit subjects over {LONG_SUBJECT} characters": long_subjects,
}


def measure(root: Path) -> dict[str, str]:
    """Every figure of one tree, by its label."""
    tree = read(root)
    return {label: str(figure(tree)) for label, figure in FIGURES.items()}


def table(columns: dict[str, dict[str, str]]) -> str:
    """Columns of figures as a table in Markdown."""
    rows = [[label, *(column.get(label, NONE) for column in columns.values())] for label in FIGURES]
    head = [["", *columns], ["---", *["---:"] * len(columns)]]
    return "".join(f"| {' | '.join(row)} |\n" for row in head + rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures of the trees that are named."""
    parser = argparse.ArgumentParser(prog="python -m docs.measure", description=__doc__)
    parser.add_argument("roots", nargs="*", type=Path, default=[Path("app")], help="folders to measure")
    parser.add_argument("--against", type=Path, metavar="FILE", help="figures of before, as `--json` printed them")
    parser.add_argument("--json", action="store_true", help="print the figures of the first folder as JSON")
    wanted = parser.parse_args(arguments)
    measured = {str(root): measure(root) for root in wanted.roots}
    if wanted.json:
        sys.stdout.write(json.dumps(next(iter(measured.values())), ensure_ascii=False, indent=2) + "\n")
        return
    before = {"before": json.loads(wanted.against.read_text("utf-8"))} if wanted.against else {}
    sys.stdout.write(table(before | measured))


if __name__ == "__main__":
    main()
