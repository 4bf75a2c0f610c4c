"""`python -m demo`: the entrance of the demonstration, and all it knows of the program it plays against.

It reads the same settings as the server, to find it and to make the office account on its host; the rest is HTTP.
"""

import re
import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from app.cli import deployed, invite, load_settings
from app.refusal import Refusal
from demo.errors import CannotPlay
from demo.play import TEMPLATE, play

LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost):\d+")


def play_campaign(
    url: Annotated[str | None, typer.Option(help="The running server; default: as the settings say.")] = None,
    *,
    quick: Annotated[bool, typer.Option(help="Fewer applications, smaller pictures.")] = False,
    campaign: Annotated[str, typer.Option(help="Template of the notice: lubei-2015 or sample-2025.")] = TEMPLATE,
    papers: Annotated[Path | None, typer.Option(help="Folder for what is printed; default: a new one.")] = None,
) -> None:
    """Play a whole campaign over HTTP against the running server, and leave it for a frontend to play with."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # or it would end us before what we started
    settings = load_settings()
    if settings.environment == "production":
        raise Refusal("The demonstration makes accounts and data that production must not have: it is refused there.")
    here, folder = deployed(settings), papers or Path(tempfile.mkdtemp(prefix="pinpai-papers-"))
    play(
        url or f"http://{settings.host}:{settings.port}",
        lambda username, name: invite(here, username, name),
        quick=quick,
        template=campaign,
        papers=folder,
        push_to=next(filter(LOOPBACK.fullmatch, settings.webhook_hosts), None),
        say=typer.echo,
    )


def main() -> None:
    """Play; an expected mistake is one sentence and a non-zero exit."""
    try:
        typer.run(play_campaign)
    except (Refusal, CannotPlay) as refusal:
        typer.secho(str(refusal), fg=typer.colors.RED, err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
