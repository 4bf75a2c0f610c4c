"""What `prove.sh` asks of two replicas: one session on both, and one picture from hostile bytes to clean ones."""

import json
import sys
import urllib.request
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pyotp

from demo.photos import small_photograph

PASSWORD = "纸船-铜壶-第九页-青瓦巷"  # noqa: S105  # of a system that lives for a minute


def ask(address: str, body: Any = None, token: str = "", *, method: str = "POST", **headers: str) -> Any:
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(address, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:  # a loopback address
        return json.loads(answer.read() or b"null")


def sign_in(one: str, username: str, code: str) -> str:
    ask(f"{one}/activations", {"code": code, "password": PASSWORD})
    token: str = ask(f"{one}/sessions", {"username": username, "password": PASSWORD})["token"]
    return token


def add_factor(one: str, other: str, token: str) -> None:
    """Add an authenticator app, begun at one replica and confirmed at the other: in production the office needs one."""
    begun = ask(f"{one}/account/factors/totp", {"name": "手机"}, token)
    code = pyotp.TOTP(begun["secret"]).now()
    ask(f"{other}/account/factors/{begun['id']}/confirmation", {"code": code}, token)


def invited(one: str, office: str, role: str, **of: str) -> str:
    body = {"username": role, "name": "李文博", "role": role, **of}
    code: str = ask(f"{one}/accounts", body, office)["activation_code"]
    return sign_in(one, role, code)


def main(first: str, second: str, code: str) -> None:
    """Begin at the first replica, go on at the second."""
    one, other = f"{first}/api/v1", f"{second}/api/v1"
    office = sign_in(one, "first", code)
    add_factor(one, other, office)
    year = datetime.now(UTC).year
    campaign = ask(f"{other}/campaigns", {"template": "lubei-2015", "year": year}, office)
    settings = campaign["settings"]
    settings["applications"] |= {"opens_on": f"{year}-01-01", "due_on": f"{year + 1}-12-31"}
    ask(f"{one}/campaigns/{campaign['id']}", settings, office, method="PUT", If_Match=campaign["etag"])
    ask(f"{other}/campaigns/{campaign['id']}/publication", None, office)
    committee = ask(f"{one}/committees", {"name": "乔屯街道党工委", "kind": "township_subdistrict"}, office)
    body = {"committee_id": committee["id"], "name": "龙华社区", "honour_level": "district"}
    unit = invited(one, office, "unit", unit_id=ask(f"{other}/units", body, office)["id"])
    application = ask(f"{one}/applications", {"campaign_id": campaign["id"]}, unit)
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' + small_photograph(1)
    image = ask(
        f"{other}/applications/{application['id']}/images",
        form + b"\r\n--x--\r\n",
        unit,
        Content_Type="multipart/form-data; boundary=x",
    )
    assert image["width"] > 0, image


if __name__ == "__main__":
    main(*sys.argv[1:])
