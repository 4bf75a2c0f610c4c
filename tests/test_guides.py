"""The guides: each is the workflow of its reader in words, and names only what is there."""

import re
from pathlib import Path

import pytest

from tests.contract.operations import OPERATIONS

ROOT = Path(__file__).parents[1]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
WORKFLOWS = (ROOT / "openapi" / "workflows.arazzo.yaml").read_text("utf-8")
ADDRESS = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/api/v1/[^`]+)`")
OPERATION_AT = {(operation.method.upper(), operation.path): operation for operation in OPERATIONS}


def steps(workflow: str) -> list[str]:
    """The operations of a workflow, those of the sign-in included."""
    text = WORKFLOWS.partition(f"- workflowId: {workflow}\n")[2].partition("\n  - workflowId:")[0]
    opened = ["createSession"] if "sign-in" in text else []
    return opened + re.findall(r"operationId: (\w+)", text)


def test_every_reader_has_a_guide() -> None:
    names = re.findall(r"^  - workflowId: (\S+)", WORKFLOWS, re.MULTILINE)
    assert {path.stem for path in GUIDES} == set(names) - {"sign-in", "campaign"}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_guide_calls_what_its_workflow_calls_in_its_order(guide: Path) -> None:
    text = guide.read_text("utf-8")
    calls = [(method, path) for method, path in ADDRESS.findall(text.partition("## 调用")[2])]
    assert [OPERATION_AT[call].name for call in calls] == steps(guide.stem)
    assert f"openapi/workflows.sh http://127.0.0.1:8000 {guide.stem} " in text


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_guide_names_only_what_is_there(guide: Path) -> None:
    text = guide.read_text("utf-8")
    assert [call for call in ADDRESS.findall(text) if call not in OPERATION_AT] == []
    types = (ROOT / "docs" / "problems.md").read_text("utf-8")
    codes = re.findall(r"`([a-z]+(?:-[a-z]+)+)`", text)
    assert [code for code in codes if f"pinpai:{code}`" not in types] == []
    links = re.findall(r"\]\((\S+?)(?:#\S+)?\)", text)
    assert [link for link in links if not (guide.parent / link).exists()] == []
