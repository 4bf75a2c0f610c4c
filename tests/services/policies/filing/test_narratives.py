"""The rule of 字数, by the examples that a frontend's live counter is tested with."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from unicodedata import ucd_3_2_0

import pytest

from app.services.policies.filing.narratives import count_characters

PUBLISHED = json.loads((Path(__file__).parents[4] / "openapi" / "counting.json").read_text("utf-8"))
COUNT = """
const { pattern, texts } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => [...text.matchAll(new RegExp(pattern, "gu"))].length)));
"""


@pytest.mark.parametrize(("text", "count"), [(each["text"], each["count"]) for each in PUBLISHED["examples"]])
def test_count_characters(text: str, count: int) -> None:
    assert count_characters(text) == count


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_the_published_pattern_counts_the_same_in_a_browser() -> None:
    """Every character between a letter and a digit, of those that each version of Node and Python knows."""
    known = [chr(code) for code in range(sys.maxunicode) if ucd_3_2_0.category(chr(code)) not in {"Cn", "Cs", "Co"}]
    texts = [each["text"] for each in PUBLISHED["examples"]] + [f"a{each}1" for each in known]
    given = json.dumps({"pattern": PUBLISHED["pattern"], "texts": texts})
    done = subprocess.run(["node", "-e", COUNT], input=given, capture_output=True, text=True, check=True)
    counts = dict(zip(texts, json.loads(done.stdout), strict=True))
    assert {text for text in texts if counts[text] != count_characters(text)} == set()
