"""The push of a nomination: an address that the operator allows, signed messages, and the log of deliveries."""

import socket

from demo.client import Response
from demo.stage import Stage, wait_for

OURS = "演示用接收系统"


def open_endpoint(stage: Stage) -> Response | None:
    """Register the address where the municipal office's system will listen; None where that cannot be."""
    url = f"http://{stage.push_to}/hooks"
    known = next((each for each in stage.office.client.pages("/endpoints") if each["url"] == url), None)
    if listens(stage.push_to) or (known and known["description"] != OURS):
        stage.narrator.tell(f"{url} is somebody else's already: it is fetched instead")
        return None
    return _reopened(stage, known["id"]) if known else _registered(stage, url)


def _registered(stage: Stage, url: str) -> Response | None:
    stage.narrator.tell(f"{stage.office.name} registers {url} to be pushed to")
    answer = stage.office.client.send("POST", "/endpoints", {"url": url, "description": OURS})
    if not answer.refused:
        stage.narrator.answered(answer, "its secret is told once")
        return answer
    stage.narrator.refused(answer)
    stage.narrator.add(
        f"So it is fetched instead. To see it pushed: PINPAI_WEBHOOK_HOSTS={stage.push_to} for the server"
    )
    return None


def _reopened(stage: Stage, endpoint_id: str) -> Response:
    """The address of an earlier play, with a new secret: for a day the one before signs too."""
    path = f"/endpoints/{endpoint_id}"
    _set_status(stage, path, "active")
    return stage.office.act("rotates the secret of its address", "POST", f"{path}/secret-rotation")


def probe(stage: Stage, endpoint: Response) -> None:
    found = stage.office.act("sends a signed message that means nothing", "POST", f"/endpoints/{endpoint['id']}/probe")
    stage.narrator.add(f"the receiver verifies the signature and answers {found['status_code']}")


def show_deliveries(stage: Stage, nomination_id: str) -> None:
    """Everything that was pushed about a nomination, once it has arrived."""
    path = f"/deliveries?nomination_id={nomination_id}"

    def arrived() -> list[dict[str, object]] | None:
        items: list[dict[str, object]] = stage.office.ask("GET", path)["items"]
        return items if items and all(each["status"] == "delivered" for each in items) else None

    for each in wait_for("What is pushed arrives", arrived):
        line = f"event {each['sequence']}, attempts {each['attempts']}, answered {each['status_code']}"
        stage.narrator.add(f"  {each['type']} {each['status']}: {line}")


def close_endpoint(stage: Stage, endpoint: Response) -> None:
    """Nobody listens there any more."""
    _set_status(stage, f"/endpoints/{endpoint['id']}", "disabled")


def _set_status(stage: Stage, path: str, status: str) -> None:
    etag = stage.office.ask("GET", path)["etag"]
    stage.office.ask("PATCH", path, {"status": status}, if_match=etag)


def listens(address: str) -> bool:
    """Return true if a process listens at this host and port of this machine."""
    with socket.socket() as probing:
        return probing.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) == 0
