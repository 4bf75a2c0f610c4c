"""What the documents tell people to type."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_secrets_that_compose_asks_for_are_made_as_written(tmp_path: Path) -> None:
    (commands,) = re.findall(r"```sh\n(for name.*?)```", (ROOT / "docs/operations.md").read_text("utf-8"), re.DOTALL)
    subprocess.run(["bash", "-euc", commands], cwd=tmp_path, check=True)
    made = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines())
    assert set(made) == set(re.findall(r"\$\{(\w+):\?\}", (ROOT / "compose.yaml").read_text("utf-8")))
    assert all(len(secret) > 40 for secret in made.values())


def test_every_document_named_in_a_document_is_there() -> None:
    pages = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").glob("*.md"))]
    pages += sorted((ROOT / "examples").glob("*/README*.md"))
    links = {
        (page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    }
    assert [str(page) for page, link in links if not (page.parent / link).exists()] == []


def test_every_make_target_in_the_readmes_is_one() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        name
        for page in ("README.md", "README.zh-CN.md")
        for name in re.findall(r"`?make ([a-z]+)", (ROOT / page).read_text("utf-8"))
    }
    assert named - targets == set()
