"""The limited process that opens strangers' bytes: `python -m app.imaging.worker INBOX OUTBOX`.

It imports libraries for pictures, PDF, Word and codes, and nothing of the application.
"""

import sys

from app.imaging import attachments, forms, orders, pictures, scans

TASKS: dict[str, orders.Task] = {
    "picture": pictures.clean,
    "print": pictures.small,
    "scan": scans.check,
    "attachment": attachments.check,
    "form": forms.read,
}


if __name__ == "__main__":
    orders.serve(TASKS, int(sys.argv[1]), int(sys.argv[2]))
