"""The `pinpai` command."""

import asyncio
import re
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from app import doctor, migrating, serving
from app.api.http import openapi
from app.database import Database
from app.embedded import EmbeddedError, attach
from app.main import create_app
from app.models.enums import Language
from app.problems import RulesViolated
from app.services.people import accounts
from app.settings import Environment, Settings
from demo.errors import CannotPlay
from demo.play import play

cli = typer.Typer(
    name="pinpai",
    help="Pinpai 品牌: the backend of a district's work-brand campaign. Settings come from the environment (README).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Refusal(Exception):
    """What is wrong, in one sentence for the operator."""


def main() -> None:
    """Run a command; an expected mistake is one sentence and a non-zero exit, never a traceback."""
    try:
        cli()
    except (Refusal, EmbeddedError, serving.CannotServe, CannotPlay) as refusal:
        typer.secho(str(refusal), fg=typer.colors.RED, err=True)
        sys.exit(1)
    except RulesViolated as refused:
        for finding in refused.findings:
            typer.secho(finding.told(Language.EN).message, fg=typer.colors.RED, err=True)
        sys.exit(1)


def load_settings() -> Settings:
    """Read the settings; every mistake in them at once."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"  {_name(each['loc'])}: {each['msg'].removeprefix('Value error, ')}" for each in error.errors()]
        raise Refusal("The settings are not valid:\n" + "\n".join(lines)) from None


def deployed(settings: Settings) -> Settings:
    """These settings, or — with none for the servers — those of the embedded servers that `serve` keeps running."""
    return serving.over(settings, attach(settings.data_dir)) if settings.embedded else settings


@cli.command()
def serve(
    *,
    with_worker: Annotated[
        bool | None, typer.Option("--worker/--no-worker", help="Also run a worker process; default: when embedded.")
    ] = None,
) -> None:
    """Serve the API; without configuration also PostgreSQL, S3 and a worker, all on loopback."""
    serving.serve(load_settings(), with_worker=with_worker)


@cli.command(name="worker")
def run_worker() -> None:
    """Do what nobody waits for, until stopped; run as many as you like."""
    from app import worker  # noqa: PLC0415  # the queue's library costs every other command a fifth of a second

    worker.run(deployed(load_settings()))


@cli.command()
def migrate() -> None:
    """Bring the database's schema to the newest revision, as its owner."""
    migrating.upgrade(serving.owner_url(load_settings()))
    typer.echo(f"The schema is at revision {migrating.newest()}.")


@cli.command()
def office(
    username: Annotated[str, typer.Argument(help="Name to sign in with.")],
    name: Annotated[str, typer.Option(help="The person's name.")] = "区文明办管理员",
) -> None:
    """Invite an office account, here on the host, and print its one-time activation code."""
    code = asyncio.run(_invite(deployed(load_settings()), username, name))
    typer.echo(f"Activation code of {username}, valid for 72 hours, shown once:\n\n  {code}\n")
    typer.echo("Set the password with it: POST /api/v1/activations (see README, the tour).")


async def _invite(settings: Settings, username: str, name: str) -> str:
    database = Database(serving.database_url(settings), pool_size=1)
    await database.open()
    try:
        return await accounts.invite_first_office(database, username, name)
    except ValidationError as error:
        raise Refusal(f"{username} cannot be a username: {error.errors()[0]['msg']}.") from None
    finally:
        await database.close()


@cli.command(name="demo")
def play_campaign(
    url: Annotated[str | None, typer.Option(help="The running server; default: as the settings say.")] = None,
    *,
    quick: Annotated[bool, typer.Option(help="Fewer applications, smaller pictures.")] = False,
) -> None:
    """Play a whole campaign over HTTP against the running server, and leave it for a frontend to play with."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # or it would end us before what we started
    settings = load_settings()
    if settings.environment is Environment.PRODUCTION:
        raise Refusal("The demonstration makes accounts and data that production must not have: it is refused there.")
    here = deployed(settings)
    address = url or f"http://{settings.host}:{settings.port}"
    on_this_machine = (host for host in settings.webhook_hosts if re.fullmatch(r"(127\.0\.0\.1|localhost):\d+", host))
    play(
        address,
        lambda username, name: asyncio.run(_invite(here, username, name)),
        quick=quick,
        push_to=next(on_this_machine, None),
        say=typer.echo,
    )


@cli.command(name="openapi")
def write_contract(
    path: Annotated[Path, typer.Argument(help="Where the contract stands.")] = Path("openapi/openapi.json"),
    *,
    check: Annotated[bool, typer.Option(help="Write nothing; fail if the file is not what the code says.")] = False,
) -> None:
    """Write the contract that the code generates."""
    fresh = openapi.dump(create_app(Settings.model_construct()))
    if not check:
        path.write_text(fresh, "utf-8")
    elif not path.exists() or path.read_text("utf-8") != fresh:
        raise Refusal(f"{path} is not what the code says: run `make openapi` and commit it.")


@cli.command(name="doctor")
def examine() -> None:
    """Check the deployment: servers, clocks, schema, privileges, invariants, stored bytes."""
    findings = asyncio.run(doctor.examine(deployed(load_settings())))
    for finding in findings:
        typer.echo(finding)
    if findings:
        raise typer.Exit(1)
    typer.echo("Everything is in order.")


def _name(location: tuple[int | str, ...]) -> str:
    return "PINPAI_" + "_".join(str(part) for part in location).upper() if location else "together"


if __name__ == "__main__":
    main()
