"""The systems a deployment reaches, by its settings: the store, the systems it pushes to; its keys and its chain.

Server and worker share it, so that a worker is up in half the time: it need not know the API.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from app.chain import Anchors, Chain, Key
from app.imaging import ImagingPool
from app.keyring import Keyring
from app.openid import Client, Provider
from app.outgoing import URL, Outgoing
from app.refusal import Refusal
from app.scanning import Scanner
from app.settings import Environment, Settings
from app.storage import Storage, StorageSettings

if TYPE_CHECKING:
    from app.backup.scheduling import Means, Schedule
    from app.backup.shipping import Cluster

RESTS_AFTER = 600.0
"""Seconds without a task after which a limited process ends, for the memory that it has."""
NOWHERE = "http://127.0.0.1:1"


def storage_settings(settings: Settings) -> StorageSettings:
    """Return the settings of the store."""
    return StorageSettings(
        endpoint_url=settings.s3_endpoint_url or NOWHERE,
        region=settings.s3_region,
        bucket=settings.s3_bucket,
        access_key_id=_plain(settings.s3_access_key_id),
        secret_access_key=_plain(settings.s3_secret_access_key),
    )


def backup_storage(settings: Settings) -> StorageSettings | None:
    """Return the settings of the S3 of the backups, if there is one; the target names the bucket."""
    if settings.backup_s3_endpoint_url is None:
        return None
    return StorageSettings(
        endpoint_url=settings.backup_s3_endpoint_url,
        region=settings.s3_region,
        bucket="",
        access_key_id=_plain(settings.backup_s3_access_key_id),
        secret_access_key=_plain(settings.backup_s3_secret_access_key),
    )


def _plain(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""


def outgoing(settings: Settings) -> Outgoing:
    """Return the client that pushes nominations."""
    return Outgoing(
        hosts=frozenset(settings.webhook_hosts),
        loopback=settings.environment is Environment.DEVELOPMENT,
        ca_file=settings.webhook_ca_file,
    )


def provider(settings: Settings) -> Provider | None:
    """Return the provider of single sign-on, if there is one: it is asked on its own hosts alone, and not for long."""
    issuer = URL.fullmatch(settings.sign_on_issuer or "")
    if issuer is None:
        return None
    outgoing = Outgoing(
        hosts=frozenset([issuer["authority"], *settings.sign_on_hosts]),
        loopback=settings.environment is Environment.DEVELOPMENT,
        ca_file=settings.sign_on_ca_file,
        connecting=3.0,
        answering=5.0,
    )
    secret, client_id = _plain(settings.sign_on_client_secret), settings.sign_on_client_id or ""
    return Provider(Client(issuer[0], client_id, secret, settings.sign_on_scopes), outgoing)


def printing(settings: Settings, *, seconds: float = 30.0) -> ImagingPool:
    """Return the process that draws papers: it starts at the first, and rests when there are no more."""
    folder = [str(settings.font_dir.absolute())] if settings.font_dir else []
    program = ["app.printing.worker", *folder]
    return ImagingPool(1, seconds=seconds, program=program, rests_after=RESTS_AFTER)


def scanner(settings: Settings) -> Scanner | None:
    """Return the virus scanner of this deployment, if it has one."""
    return Scanner(settings.clamd) if settings.clamd else None


def keyring(settings: Settings) -> Keyring:
    """Return the keys of the secrets that the database holds."""
    return Keyring.of(key.get_secret_value() for key in settings.secret_keys)


def chain(settings: Settings) -> Chain:
    """Return the chain of the history; a Refusal without a key, or where its anchors cannot be."""
    if settings.history_key is None:
        raise Refusal("Set PINPAI_HISTORY_KEY, the secret that chains the history: see docs/operations.md.")
    keys = [Key(secret) for secret in settings.history_key.get_secret_value().split(",")]
    path = settings.history_anchors or settings.data_dir / "history" / "anchors"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Chain(keys, Anchors(path))
    except (OSError, ValueError) as error:
        raise Refusal(f"The history cannot be anchored in {path} ({error}): set PINPAI_HISTORY_ANCHORS.") from None


@asynccontextmanager
async def backup_means(settings: Settings, target: str) -> AsyncIterator["Means"]:
    """Open what a backup into this target needs."""
    from app.backup.places import place_of
    from app.backup.scheduling import Means
    from app.backup.sealing import Sealer
    from app.backup.taking import Source

    assert settings.database_url is not None, "configured, or embedded and running"
    url, names = settings.database_url.get_secret_value(), keyring(settings).names()
    async with Storage(storage_settings(settings)) as storage:
        place = place_of(target, backup_storage(settings))
        try:
            yield Means(Source(url, storage, names), place, Sealer(settings.backup_recipients))
        finally:
            await place.close()


def schedule(settings: Settings) -> "Schedule":
    """Return when backups are due and how many are kept; of copies of the cluster, too."""
    from app.backup.scheduling import Schedule

    return Schedule(timedelta(hours=settings.backup_every), settings.backup_keep)


def cluster(settings: Settings) -> "Cluster | None":
    """Return the embedded PostgreSQL, if the settings lead to it; a worker has its address, as of any other."""
    from app.backup.shipping import Cluster
    from app.embedded import EmbeddedError, attach

    try:
        servers = attach(settings.data_dir)
    except EmbeddedError:
        return None
    if settings.database_url is None or servers.database_url != settings.database_url.get_secret_value():
        return None
    return Cluster(servers.superuser_database_url, servers.outbox)
