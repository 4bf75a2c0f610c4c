"""Whole programs, told names, telephones, codes and secrets: afterwards no log has any of them."""

import json
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from demo.photos import small_photograph
from tests.world.program import IN_A_FOLDER, PINPAI, Program, serving

WORDS = {
    "name": "标记人甲",
    "leader": "标记人乙",
    "phone": "139-0001-7777",
    "password": "标记-纸船-铜壶-第九页",
    "mistyped": "标记-错误-口令-第一页",
    "username": "marked-user",
    "email": "marked@example.cn",
    "path": "markedpath",
    "query": "markedquery",
    "hook": "markedhook",
    "host": "markedhost.example",
    "file": "标记文件",
    "text": "标记理由",
    "unit": "标记社区",
}
CODE = "7K4M-Q2XA-9TCE-H5WP"


def ask(address: str, body: Any = None, token: str = "", *, method: str = "POST", **headers: str) -> Any:
    """Send a request; the answer's body, also of a refusal."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    given = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4()), "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(address, data, given | headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as refused:
        return json.loads(refused.read())


def lived(program: Program) -> Iterator[str]:
    """Tell the program everything; yield the secrets that it made."""
    api = f"http://127.0.0.1:{program.port}/api/v1"
    code = program.invite("first")
    activation = {"code": code, "password": WORDS["password"]}
    ask(f"{api}/activations", activation)
    ask(f"{api}/activations", activation)
    signed = {"username": "first", "password": WORDS["password"]}
    token = ask(f"{api}/sessions", signed)["token"]
    yield from (code, token)
    for wrong in (signed | {"password": WORDS["mistyped"]}, {"username": WORDS["username"], "password": "x"}):
        ask(f"{api}/sessions", wrong)
    yield from made_by_the_office(api, token)
    for path in (f"public/receipts/{CODE}", f"public/certificates/{CODE}", f"campaigns/{WORDS['path']}", WORDS["path"]):
        ask(f"{api}/{path}?q={WORDS['query']}", None, token, method="GET")
    ask(f"{api}/campaigns", None, token, method="GET", Host=WORDS["host"], Referer=WORDS["query"])
    ask(f"{api}/campaigns", f"{{{WORDS['text']}".encode(), token)


def made_by_the_office(api: str, office: str) -> Iterator[str]:
    committee = ask(f"{api}/committees", {"name": WORDS["text"], "kind": "township_subdistrict"}, office)
    unit = {"committee_id": committee["id"], "name": WORDS["unit"], "honour_level": "district"}
    unit = ask(f"{api}/units", unit, office)
    account = {"username": WORDS["username"], "name": WORDS["name"], "role": "unit", "unit_id": unit["id"]}
    invited = ask(f"{api}/accounts", account | {"phone": WORDS["phone"], "email": WORDS["email"]}, office)
    yield invited["activation_code"]
    ask(f"{api}/accounts", account, office)
    campaign = ask(f"{api}/campaigns", {"template": "lubei-2015", "year": 2015}, office)
    ask(f"{api}/campaigns/{campaign['id']}/publication", None, office)
    hook = {"url": f"https://receiver.invalid/{WORDS['hook']}"}
    yield ask(f"{api}/endpoints", hook, office)["secret"]
    ask(f"{api}/endpoints", hook, office)  # refused by a constraint of the database
    ask(f"{api}/activations", {"code": invited["activation_code"], "password": WORDS["password"]})
    signed = {"username": WORDS["username"], "password": WORDS["password"]}
    unit_token = ask(f"{api}/sessions", signed)["token"]
    yield unit_token
    form = {"campaign_id": campaign["id"], "leader_name": WORDS["leader"], "phone": WORDS["phone"]}
    draft = ask(f"{api}/applications", form, unit_token)
    upload(f"{api}/applications/{draft['id']}/images", unit_token, small_photograph(1))
    upload(f"{api}/applications/{draft['id']}/images", unit_token, b"\xff\xd8\xff" + WORDS["text"].encode())


def upload(address: str, token: str, data: bytes) -> None:
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{WORDS["file"]}.jpg"\r\n\r\n'
    ask(address, head.encode() + data + b"\r\n--x--\r\n", token, **{"Content-Type": "multipart/form-data; boundary=x"})


@pytest.mark.thorough
def test_no_log_tells_what_the_programs_were_told(tmp_path: Path) -> None:
    data_dir = tmp_path / IN_A_FOLDER
    elsewhere = {"PINPAI_WEBHOOK_HOSTS": "receiver.invalid", "PINPAI_CLOCK_START": "2015-05-20T09:00:00+08:00"}
    mail = {"PINPAI_SMTP_URL": "smtp://127.0.0.1:9", "PINPAI_MAIL_FROM": "wmb@example.cn"}
    with serving(data_dir, **elsewhere, **mail) as program:
        secrets = [*lived(program)]
        subprocess.run([*PINPAI, "doctor"], env=program.environment, check=True, capture_output=True)
    logs = {path.name: path.read_text("utf-8") for path in (*tmp_path.glob("*.log"), *data_dir.glob("logs/*"))}
    assert {"postgres.log", "seaweed.log"} < logs.keys()
    assert "endpoints_url_key" in logs["postgres.log"]
    assert all(re.search(r'"path": "/api/v1/', text) for name, text in logs.items() if name[0].isdigit())
    assert [name for name, text in logs.items() if "error connecting" in text] == []
    marks = [*WORDS.values(), CODE, *secrets]
    assert len(secrets) == 5
    assert [(name, mark) for name, text in logs.items() for mark in marks if mark in text] == []
