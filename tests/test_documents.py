"""Commands, links, names and numbers in the documents are true."""

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from app.services.policies.filing.notice import ADDED
from docs import glossary

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*/README*.md")]
DECISIONS = (ROOT / "docs/decisions.md").read_text("utf-8")
PARTS_OF_A_DECISION = ["**Context.**", "**Decision.**", "**Price.**", "**Enforced by**"]


def test_the_secrets_that_compose_asks_for_are_made_as_written(tmp_path: Path) -> None:
    (commands,) = re.findall(r"```sh\n(\{ echo.*?)```", (ROOT / "docs/operations.md").read_text("utf-8"), re.DOTALL)
    subprocess.run(["bash", "-euc", commands], cwd=tmp_path, check=True)
    made = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines())
    assert set(made) == set(re.findall(r"\$\{(\w+):\?\}", (ROOT / "compose.yaml").read_text("utf-8")))
    assert {name for name, secret in made.items() if len(secret) < 40} == {"SERVER_NAME"}


def test_every_document_named_in_a_document_is_there() -> None:
    links = {
        (page, link) for page in PAGES for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    }
    assert [str(page) for page, link in links if not (page.parent / link).exists()] == []


def test_every_make_target_in_the_readmes_is_one() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        name
        for page in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md")
        for name in re.findall(r"`?make ([a-z-]+)", (ROOT / page).read_text("utf-8"))
    }
    assert named - targets == set()


def test_every_path_in_the_pages_for_developers_is_there() -> None:
    named = {
        (page, path.rstrip("/"))
        for page in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "docs/walkthrough.md", "docs/decisions.md")
        for path in re.findall(r"`([\w.-]+/[\w./-]+|\w+\.(?:py|toml|md))`", (ROOT / page).read_text("utf-8"))
    }
    there = "".join(f"/{path.relative_to(ROOT)}\n" for path in _tree())
    assert sorted(path for path in named if f"/{path[1]}\n" not in there) == []


def test_the_worked_example_is_what_the_code_says() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    examples = re.findall(r"^( *)```python\n *# (\S+)\n(.*?)^ *```", page, re.MULTILINE | re.DOTALL)
    quoted = [
        (path, line.removeprefix(indent)) for indent, path, lines in examples for line in lines.splitlines() if line
    ]
    assert {Path(path).stem for path, _ in quoted} == {"filing", "applications"}
    assert [(path, line) for path, line in quoted if line not in (ROOT / path).read_text("utf-8").splitlines()] == []


def test_a_decision_has_a_number_a_date_and_four_lines() -> None:
    entries = re.split(r"^## ", DECISIONS, flags=re.MULTILINE)[1:]
    parts = [re.findall(r"^- (\*\*.+?\*\*)", entry, re.MULTILINE) for entry in entries]
    heads = [re.match(r"(\d+)\. [^\n]+\n\n\d{4}-\d\d-\d\d(?:, superseded by \d+)?\n", entry) for entry in entries]
    assert [head and int(head[1]) for head in heads] == list(range(1, len(entries) + 1))
    assert parts == [PARTS_OF_A_DECISION] * len(entries)


def test_the_index_of_decisions_is_their_headings() -> None:
    index = re.findall(r"^(\d+)\. \[(.+)\]\(#(.+)\)$", DECISIONS, re.MULTILINE)
    headings = re.findall(r"^## (\d+)\. (.+)$", DECISIONS, re.MULTILINE)
    assert index == [(number, title, _anchor(f"{number}. {title}")) for number, title in headings]


def test_decisions_are_wrapped() -> None:
    assert [line for line in DECISIONS.splitlines() if len(line) > 120 and not re.match(r"\d+\. \[", line)] == []


def test_nothing_is_said_twice_where_changes_meet() -> None:
    """Two branches that add to one list, or wrap one paragraph, can leave both versions of it."""
    decisions = re.split(r"(?m)^## ", DECISIONS)
    sentences = [re.split(r"(?<=[.:;])\s+", " ".join(each.split())) for each in decisions]
    versions = re.split(r"(?m)^## ", (ROOT / "CHANGELOG.md").read_text("utf-8"))
    entries = [[entry[:45] for entry in re.findall(r"(?m)^- (.*)", each)] for each in versions]
    assert [said for each in (*sentences, *entries) for said, times in Counter(each).items() if times > 1] == []


def test_every_name_in_the_glossary_is_in_the_code() -> None:
    names = Counter(term.code for term in chain(*glossary.sections().values()))
    assert names - Counter(set(_names(ROOT / "app"))) == Counter()


def test_everything_that_is_stored_is_in_the_glossary() -> None:
    terms = {term.code for term in chain(*glossary.sections().values())}
    assert {name for name in _names(ROOT / "app/models") if name[0].isupper() and "." not in name} - terms == set()


def _names(folder: Path) -> Iterator[str]:
    """Modules and classes of a folder, and the members of either."""
    for path in folder.rglob("*.py"):
        module = path.parent.name if path.stem == "__init__" else path.stem
        yield module
        for node in ast.parse(path.read_text("utf-8")).body:
            yield from (f"{module}.{name}" for name in _defined(node))
            if isinstance(node, ast.ClassDef):
                yield node.name
                yield from (f"{node.name}.{name}" for member in node.body for name in _defined(member))


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _anchor(heading: str) -> str:
    """The fragment under which Markdown pages find a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _tree() -> Iterator[Path]:
    """Files and folders of the repository, but for what tools keep at its top."""
    for path in ROOT.iterdir():
        if path.name == ".ci" or not path.name.startswith("."):
            yield from (path, *path.rglob("*"))


def test_the_page_on_campaigns_names_every_setting_that_came_later() -> None:
    page = (ROOT / "docs/campaigns.md").read_text("utf-8")
    assert [place for place in ADDED if f"`{place.replace('/', '.')}`" not in page] == []
