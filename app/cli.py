"""The `pinpai` command.

Each command imports what it needs, so that help is there at once.
"""

import asyncio
import os
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
import typer.core

from app.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.backup.taking import Taken
    from app.database import Database
    from app.settings import Settings

T = TypeVar("T")

cli = typer.Typer(
    name="pinpai",
    help="Pinpai 品牌: the backend of a district's work-brand campaign. Settings come from the environment (README).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class _Backup(typer.core.TyperGroup):
    """`pinpai backup TARGET` takes one; a word that is no command of the group is a target."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        return super().resolve_command(ctx, args if args[0] in self.commands else ["take", *args])


backup = typer.Typer(cls=_Backup, help="Take a backup, or verify one: `pinpai backup TARGET`.", no_args_is_help=True)
cli.add_typer(backup, name="backup")
audit = typer.Typer(help="Check the history of all changes.", no_args_is_help=True)
cli.add_typer(audit, name="audit")


def main() -> None:
    """Run a command; an expected mistake is one sentence and a non-zero exit, never a traceback."""
    try:
        cli()
    except Refusal as refusal:
        typer.secho(str(refusal), fg=typer.colors.RED, err=True)
        sys.exit(1)


def load_settings() -> "Settings":
    """Read the settings; every mistake in them at once."""
    from pydantic import ValidationError

    from app.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        lines = [f"  {_name(each['loc'])}: {each['msg'].removeprefix('Value error, ')}" for each in error.errors()]
        raise Refusal("The settings are not valid:\n" + "\n".join(lines)) from None


def deployed(settings: "Settings") -> "Settings":
    """These settings, or — with none for the servers — those of the embedded servers that `serve` keeps running."""
    if not settings.embedded:
        return settings
    from app.embedded import attach
    from app.serving import over

    return over(settings, attach(settings.data_dir))


def invite(settings: "Settings", username: str, name: str) -> str:
    """Invite an office account on the host; the result is its activation code."""
    return asyncio.run(_invite(settings, username, name))


@cli.command()
def serve(
    *,
    with_worker: Annotated[
        bool | None, typer.Option("--worker/--no-worker", help="Also run a worker process; default: when embedded.")
    ] = None,
) -> None:
    """Serve the API; without configuration also PostgreSQL, S3 and a worker, all on loopback."""
    settings = load_settings()
    from app import serving

    serving.serve(settings, with_worker=with_worker)


@cli.command(name="worker")
def run_worker() -> None:
    """Do what nobody waits for, until stopped; run as many as you like."""
    from app import worker

    worker.run(deployed(load_settings()))


@cli.command(name="sign-out")
def sign_out(
    username: Annotated[str | None, typer.Argument(help="Name of the account; none: all accounts.")] = None,
) -> None:
    """End all sessions of an account, or of all accounts, here on the host."""
    ended = asyncio.run(_sign_out(deployed(load_settings()), username))
    typer.echo(f"Sessions ended: {ended}.")


async def _sign_out(settings: "Settings", username: str | None) -> int:
    from app import serving
    from app.database import Database
    from app.services import jobs
    from app.services.people import sessions

    database = Database(serving.database_url(settings), pool_size=1)
    try:
        async with jobs.acting(database) as ctx:
            return await sessions.end_of(ctx, username)
    finally:
        await database.close()


@cli.command()
def migrate() -> None:
    """Bring the database's schema to the newest revision, as its owner."""
    from app import migrating, revisions, serving
    from app.equipment import keyring

    settings = deployed(load_settings())
    migrating.upgrade(serving.owner_url(settings), keyring=keyring(settings), demonstration=settings.demonstration)
    typer.echo(f"The schema is at revision {revisions.newest()}.")


@cli.command(name="store-config")
def write_store_configuration(
    folder: Annotated[Path, typer.Argument(help="Folder of the store; its files are readable by this user alone.")],
) -> None:
    """Write the configuration of a SeaweedFS of your own, as compose.yaml starts it, for the key of the settings."""
    from app.embedded import store

    key, secret = (os.environ.get(f"PINPAI_S3_{name}") for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"))
    if not key or not secret:
        raise Refusal("Set PINPAI_S3_ACCESS_KEY_ID and PINPAI_S3_SECRET_ACCESS_KEY: they are what the store will know.")
    store.write(folder, key, secret)
    typer.echo(f"The store's configuration is in {folder}.")


@cli.command(name="new-key")
def print_new_key() -> None:
    """Print a new random key for PINPAI_SECRET_KEYS; put it in front of those that are there."""
    from app.keyring import new_key

    typer.echo(new_key())


@cli.command()
def office(
    username: Annotated[str, typer.Argument(help="Name to sign in with.")],
    name: Annotated[str, typer.Option(help="The person's name.")] = "主办单位管理员",
    *,
    reset_factors: Annotated[
        bool, typer.Option("--reset-factors", help="The code also takes the second factors away: their device is lost.")
    ] = False,
) -> None:
    """Invite an office account, here on the host, and print its one-time activation code."""
    settings = deployed(load_settings())
    code = asyncio.run(_invite(settings, username, name, reset_factors=reset_factors))
    typer.echo(f"Activation code of {username}, valid for 72 hours, shown once:\n\n  {code}\n")
    typer.echo("Set the password with it: POST /api/v1/activations (see README, the tour).")


@cli.command()
def confirm(username: Annotated[str, typer.Argument(help="Name of the account.")]) -> None:
    """Confirm an activation code here on the host, where the office has no second clerk; ask the owner first."""
    from app.services.people import invitations

    asyncio.run(_on_the_database(deployed(load_settings()), partial(invitations.confirm_on_host, username=username)))
    typer.echo(f"The activation code of {username} may be used now.")


async def _invite(settings: "Settings", username: str, name: str, *, reset_factors: bool = False) -> str:
    from pydantic import ValidationError

    from app.services.people import invitations

    try:
        act = partial(invitations.invite_first_office, username=username, name=name, reset_factors=reset_factors)
        return await _on_the_database(settings, act)
    except ValidationError as error:
        raise Refusal(f"{username} cannot be a username: {error.errors()[0]['msg']}.") from None


async def _on_the_database(settings: "Settings", act: "Callable[[Database], Awaitable[T]]") -> "T":
    """Do something on the host; a refusal is its sentences."""
    from app import serving
    from app.database import Database
    from app.models.enums import Language
    from app.problems import NotFound, RulesViolated, WrongState

    database = Database(serving.database_url(settings), pool_size=1)
    await database.open()
    try:
        return await act(database)
    except NotFound:
        raise Refusal("There is no such account.") from None
    except WrongState as refused:
        raise Refusal(f"Not possible in the state “{refused.params['state']}”.") from None
    except RulesViolated as refused:
        raise Refusal("\n".join(finding.worded(Language.EN).message for finding in refused.findings)) from None
    finally:
        await database.close()


@cli.command(name="openapi")
def write_contract(
    path: Annotated[Path, typer.Argument(help="Path of the contract.")] = Path("openapi/openapi.json"),
    *,
    check: Annotated[bool, typer.Option(help="Write nothing; fail if the file differs from the code.")] = False,
) -> None:
    """Write the contract that the code generates."""
    from app.api.http import openapi
    from app.main import create_app
    from app.settings import Settings

    fresh = openapi.dump(create_app(Settings.model_construct()))
    if not check:
        path.write_text(fresh, "utf-8")
    elif not path.exists() or path.read_text("utf-8") != fresh:
        raise Refusal(f"{path} is not what the code says: run `make openapi` and commit it.")


@cli.command(name="doctor")
def examine(
    *, deep: Annotated[bool, typer.Option(help="Read and compare every stored file, not some by chance.")] = False
) -> None:
    """Check the deployment: servers, clocks, schema, privileges, invariants, the history, stored bytes."""
    from app import doctor

    findings = asyncio.run(doctor.examine(deployed(load_settings()), deep=deep))
    for finding in findings:
        typer.echo(finding)
    if findings:
        raise typer.Exit(1)
    typer.echo("Everything is in order.")


@audit.command(name="verify")
def verify_history(
    *, after: Annotated[int, typer.Option(min=0, help="Trust the history up to this anchored event.")] = 0
) -> None:
    """Verify the history: its chain from the first event to the last, and every row against its last event."""
    from app import doctor
    from app.models.enums import Language

    flaws = asyncio.run(doctor.verify(deployed(load_settings()), after=after))
    for flaw in flaws:
        typer.echo(f"{flaw.say(Language.ZH)}\n{flaw.say(Language.EN)}")
    if flaws:
        raise typer.Exit(1)
    typer.echo("历史记录完整。\nThe history is whole.")


Target = Annotated[str, typer.Argument(help="A folder, or s3://bucket/prefix of the S3 of PINPAI_BACKUP_S3_….")]
Identity = Annotated[
    Path | None, typer.Option("--identity", help="File of the age identity that decrypts it, as age-keygen writes it.")
]
Stamp = Annotated[str | None, typer.Option("--stamp", help="The backup, as 20261128T010000Z; unset: the last one.")]


@backup.command(name="take")
def take_backup(target: Target) -> None:
    """Take a backup into a target, while everything runs, for the recipients of the settings."""
    settings = deployed(load_settings())
    taken = asyncio.run(_take(settings, target))
    manifest = taken.manifest
    typer.echo(
        f"Backup {manifest.stamp}: {len(manifest.objects)} objects, {taken.copied} of them new, "
        f"{taken.size / 2**20:.1f} MiB written in {taken.seconds} s."
    )
    if manifest.lost:
        raise Refusal(f"{len(manifest.lost)} stored files have lost their bytes: run `pinpai doctor --deep`.")


async def _take(settings: "Settings", target: str) -> "Taken":
    from app import serving
    from app.backup.scheduling import back_up
    from app.database import Clock, Database
    from app.equipment import backup_means
    from app.storage import StorageUnavailable

    database = Database(serving.database_url(settings), pool_size=1, clock=Clock(settings.offset_from_now()))
    try:
        async with backup_means(settings, target) as means:
            return await back_up(database, means)
    except StorageUnavailable as error:
        raise Refusal(f"The object store cannot be read: {error}.") from None
    finally:
        await database.close()


@backup.command(name="verify")
def verify_backup(source: Target, stamp: Stamp = None, identity: Identity = None) -> None:
    """Verify a backup by a restore into servers that are started for it: files, rows, pictures, doctor, history."""
    from app import restoring

    settings = load_settings()
    settings = settings if settings.history_key else deployed(settings)
    archive = restoring.open_archive(settings, source, stamp, identity)
    flaws = restoring.verify(settings, archive, typer.echo)
    for flaw in flaws:
        typer.echo(flaw)
    if flaws:
        raise typer.Exit(1)
    rows, objects = sum(archive.manifest.tables.values()), len(archive.manifest.objects)
    typer.echo(f"The backup {archive.manifest.stamp} is whole: {rows} rows, {objects} objects.")


@backup.command(name="recover")
def recover_backup(
    source: Target,
    to: Annotated[Path, typer.Argument(help="A new folder for the backup that is recovered.")],
    until: Annotated[
        str | None, typer.Option(help="The last instant, as 2026-11-28T09:30:00+08:00; unset: all that there is.")
    ] = None,
    identity: Identity = None,
) -> None:
    """Recover what the embedded PostgreSQL wrote after the last backup, into a backup of its own: then restore that."""
    from app import recovering

    settings, last = load_settings(), _instant(until) if until else None
    taken = recovering.run(settings, source, to, identity, until=last, say=typer.echo)
    manifest = taken.manifest
    typer.echo(
        f"Backup {manifest.stamp} in {to}: everything up to {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC, "
        f"{len(manifest.objects)} objects. Now run `pinpai restore` on it."
    )
    if manifest.lost:
        raise Refusal(f"The bytes of {len(manifest.lost)} stored files are not among the backups.")


def _instant(written: str) -> datetime:
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise Refusal(f"{written} is not an instant as 2026-11-28T09:30:00+08:00.") from None
    if instant.tzinfo is None:
        raise Refusal(f"{written} is without an offset: write it as 2026-11-28T09:30:00+08:00.")
    return instant


@cli.command()
def restore(
    source: Target,
    stamp: Stamp = None,
    identity: Identity = None,
    secrets: Annotated[
        Path | None, typer.Option(help="Folder with the keys of the embedded servers, which are kept apart.")
    ] = None,
    *,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="Go on although keys are lost for good.")
    ] = False,
    send_waiting: Annotated[
        bool, typer.Option("--send-waiting", help="Send what waited in the backup, also if it was sent since.")
    ] = False,
) -> None:
    """Restore a backup into an empty deployment: before the first `serve`, or in place of the first `migrate`."""
    from app import restoring

    settings = load_settings()
    archive = restoring.open_archive(settings, source, stamp, identity)
    choices = restoring.Choices(without_keys=without_keys, send_waiting=send_waiting)
    restoring.run(settings, archive, choices, secrets, typer.echo)


@cli.command()
def release() -> None:
    """Let mail and deliveries go out again after a restore."""
    from app.backup.releasing import release as let_go

    if not asyncio.run(_on_the_database(deployed(load_settings()), let_go)):
        raise Refusal("Nothing is held: no restore waits for a release.")
    typer.echo("Mail and deliveries go out again.")


def _name(location: tuple[int | str, ...]) -> str:
    return "PINPAI_" + "_".join(str(part) for part in location).upper() if location else "together"


if __name__ == "__main__":
    main()
