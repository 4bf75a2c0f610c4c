"""A limited process that makes as many bytes as it is told to; with a third argument it only promises them."""

import json
import sys

from app.imaging import orders


def make(_: bytes, size: int) -> dict[str, bytes]:
    return {"content": bytes(size)}


def promise(order: str) -> str:
    return json.dumps({"blobs": {"content": json.loads(order)["options"]["size"]}, "facts": {}})


def lie() -> None:
    sys.stdout.write("[]\n")
    sys.stdout.flush()
    for order in sys.stdin:
        sys.stdout.write(f"{promise(order)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    inbox, outbox, *lies = sys.argv[1:]
    if lies:
        lie()
    else:
        orders.serve({"print": make}, int(inbox), int(outbox))
