"""Breaks smuggled into the contract are found, and what may be added within a major version is none."""

import json
import os
import shutil
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

OPENAPI = Path(__file__).parents[2] / "openapi"
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(
        shutil.which("node") is None or not (OPENAPI / "node_modules").exists(), reason="needs `make contract` before"
    ),
]
Json = dict[str, Any]
PANEL = "/api/v1/rounds/{round_id}/panel"
PROBLEM = "application/problem+json"
LIST, ONE = "/api/v1/applications", "/api/v1/applications/{application_id}"


@pytest.fixture
def contract() -> Json:
    """The contract released last, to be changed."""
    last = max((OPENAPI / "released").iterdir(), key=lambda path: [int(part) for part in path.stem.split(".")])
    document: Json = json.loads(last.read_text("utf-8"))
    return document


def judged(contract: Json, folder: Path, approved: Json | None = None) -> set[str]:
    """All that is said about this contract, but for figures and the changelog."""
    changed, approvals = folder / "openapi.json", folder / "approved.json"
    changed.write_text(json.dumps(contract, ensure_ascii=False), "utf-8")
    approvals.write_text(json.dumps(approved or {}), "utf-8")
    command = ["node", str(OPENAPI / "changes.mjs"), str(changed)]
    environment = os.environ | {"APPROVED_BREAKS": str(approvals), "REDOCLY_TELEMETRY": "off"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    lines = {line for line in done.stdout.splitlines() if not line.startswith(("RESULT", "CHANGELOG.md"))}
    assert (done.returncode == 1) == (
        done.stdout.splitlines()[0] != "RESULT 0 breaks since the last release, 0 unexplained"
    )
    return lines


def members(contract: Json, schema: str) -> Json:
    properties: Json = contract["components"]["schemas"][schema]["properties"]
    return properties


def test_smuggled_breaks_are_found(contract: Json, tmp_path: Path) -> None:
    paths, schemas = contract["paths"], contract["components"]["schemas"]
    del paths["/api/v1/session"]["delete"]
    del paths["/api/v1/statistics"]
    paths[ONE]["get"]["operationId"] = "getApplication"
    paths[LIST]["get"]["parameters"].append(
        {"name": "must", "in": "query", "required": True, "schema": {"type": "string"}}
    )
    paths["/api/v1/committees"]["post"]["responses"]["200"] = paths["/api/v1/committees"]["post"]["responses"].pop(
        "201"
    )
    del members(contract, "UnitOut")["name"]
    schemas["UnitOut"]["required"].remove("name")
    members(contract, "CommitteeOut")["name"]["type"] = ["string", "null"]
    members(contract, "UnitCreate")["name"]["maxLength"] -= 1
    members(contract, "CommitteeCreate")["must"] = {"type": "string"}
    schemas["CommitteeCreate"]["required"].append("must")
    schemas["AccountStatus"]["enum"].remove("disabled")
    found = {
        "/api/v1/statistics: Path /api/v1/statistics was removed.",
        "DELETE /api/v1/session: Operation DELETE /api/v1/session was removed.",
        "GET /api/v1/applications ? must: Required must query parameter was added.",
        f"GET {ONE}: operationId of operation GET {ONE} changed from 'readApplication' to 'getApplication'.",
        "POST /api/v1/committees ←: Properties of CommitteeCreate became required: must.",
        "POST /api/v1/committees → 200 name: Type of name widened from 'string' to 'string | null'.",
        "POST /api/v1/committees → 200: Response 201 became 200.",
        "POST /api/v1/units ← name: maxLength of name changed from '100' to '99'.",
        "POST /api/v1/units → 201 name: Property name of UnitOut was removed.",
        "POST /api/v1/units → 201: Properties of UnitOut are no longer required: name.",
        f"GET {PANEL} → 200 members[].account_status: Enum of AccountStatus lost values: 'disabled'.",
    }
    assert judged(contract, tmp_path) == {f"BREAK {each}" for each in found}
    excused = dict.fromkeys(found, "the reason") | {"GET /api/v1/never: was a break": "once"}
    assert judged(contract, tmp_path, excused) == {"approved, but no break: GET /api/v1/never: was a break"}


def test_additions_are_none(contract: Json, tmp_path: Path) -> None:
    paths, schemas = contract["paths"], contract["components"]["schemas"]
    paths["/api/v1/new"] = deepcopy(paths["/api/v1/statistics"])
    paths["/api/v1/new"]["get"]["operationId"] = "readNew"
    paths[LIST]["get"]["parameters"].append({"name": "may", "in": "query", "schema": {"type": "string"}})
    members(contract, "UnitOut")["more"] = {"type": "string"}
    schemas["UnitOut"]["required"].append("more")
    members(contract, "UnitCreate")["more"] = {"type": "string"}
    members(contract, "UnitCreate")["name"]["maxLength"] += 1
    schemas["CreditCodeDoubt"]["enum"].append("foreign")
    known = paths[ONE]["get"]["responses"]["404"] = deepcopy(contract["components"]["responses"]["NotFound"])
    known["content"][PROBLEM]["schema"] = {
        "oneOf": [known["content"][PROBLEM]["schema"], {"$ref": "#/components/schemas/ForbiddenProblem"}]
    }
    assert judged(contract, tmp_path) == set()
