"""`pinpai serve`: real servers if none are configured, the schema, a worker, and the API; all ended together."""

import asyncio
import gc
import logging
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from typing import TYPE_CHECKING, clear_overloads

import uvicorn
from pydantic import SecretStr, TypeAdapter
from uvicorn.config import Config

from app import logs, revisions
from app.connections import BoundedProtocol, Entrance
from app.equipment import keyring
from app.refusal import Refusal
from app.seclusion import end_with_parent, seclude
from app.settings import Environment, Settings, is_loopback

if TYPE_CHECKING:
    from app.embedded import Servers

log = logging.getLogger("pinpai")
BACKLOG = 2048
FEWEST, OTHER_FILES = 10, 256
"""Connections at least, and descriptors beside theirs: the pools, the store, the imaging workers, the log."""
WORKER_STOPS_IN, WORKER_PAUSE, GLANCE = 20, 2, 0.5
SURROUNDINGS = frozenset(
    [
        "PATH",
        "HOME",
        "LANG",
        "LC_ALL",
        "TZ",
        "TMPDIR",
        "PYTHONPATH",
        "PYTHONUNBUFFERED",
        "PYTHONDONTWRITEBYTECODE",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "AWS_CA_BUNDLE",
    ]
)
"""Variables of our own environment that a worker needs too."""
WORKER_SETTINGS = frozenset(
    [
        "environment",
        "data_dir",
        "database_url",
        "s3_endpoint_url",
        "s3_region",
        "s3_bucket",
        "s3_access_key_id",
        "s3_secret_access_key",
        "file_grace_days",
        "trace_days",
        "notice_days",
        "value_days",
        "link_base",
        "webhook_hosts",
        "webhook_ca_file",
        "smtp_url",
        "mail_from",
        "clock_offset",
        "secret_keys",
        "history_key",
        "history_anchors",
        "backup_target",
        "backup_every",
        "backup_keep",
        "backup_recipients",
        "backup_s3_endpoint_url",
        "backup_s3_access_key_id",
        "backup_s3_secret_access_key",
    ]
)
"""Settings that a worker reads. The owner's address is not among them: nothing it does needs the owner's rights."""


class CannotServe(Refusal):
    """The reason the server does not start, in one sentence."""


def serve(settings: Settings, *, with_worker: bool | None = None) -> None:
    """Serve until Ctrl-C or SIGTERM; everything started here has stopped when this returns."""
    _require_closed(settings)
    logs.configure()
    seclude()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # or it would end us before what we started
    with ExitStack() as stack:
        listener = stack.enter_context(_listening(settings.host, settings.port, "PINPAI_PORT"))
        if settings.metrics_port is not None:
            with _listening(settings.metrics_host, settings.metrics_port, "PINPAI_METRICS_PORT"):
                pass  # the monitor's library takes it later, and would end the start with a traceback
        if settings.embedded:
            from app import embedded  # noqa: PLC0415  # only with servers of our own

            archiving = embedded.ARCHIVING if settings.backup_target else {}
            servers = stack.enter_context(embedded.run(settings.data_dir, postgres=archiving, log=_say))
            settings, with_worker = over(settings, servers), with_worker is not False
            with _migration(settings):
                import_module("app.main")  # the longest part of the start, meanwhile
        _require_schema(settings)
        settings = with_clock(settings)
        if with_worker:
            if settings.history_key is None:  # a worker without one would end again and again
                raise CannotServe("Set PINPAI_HISTORY_KEY, with which a worker chains the history, or --no-worker.")
            stack.enter_context(_worker(settings))
        _announce(settings)
        _run(settings, listener)


@contextmanager
def _migration(settings: Settings) -> Iterator[None]:
    """Migrate in a copy of this process beside the block: what migrating loads, 23 MB, would stay with this one."""
    copy = get_context("fork").Process(target=_migrate, args=(settings,))
    copy.start()
    try:
        yield
    finally:
        copy.join()
    if copy.exitcode:
        raise CannotServe("The schema could not be brought to the newest revision; the reason is above.")


def _migrate(settings: Settings) -> None:
    end_with_parent(signal.SIGKILL)  # the copy has the lock of the data folder, too
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)
    migrating = import_module("app.migrating")  # for this copy alone
    try:
        migrating.upgrade(owner_url(settings), keyring=keyring(settings), demonstration=settings.demonstration)
    except Refusal as refusal:
        sys.exit(str(refusal))


def over(settings: Settings, servers: "Servers") -> Settings:
    """The same settings, on these servers."""
    return settings.model_copy(
        update={
            "database_url": SecretStr(servers.database_url),
            "owner_database_url": SecretStr(servers.owner_database_url),
            "history_key": settings.history_key or SecretStr(servers.history_key),
            "history_anchors": settings.history_anchors or settings.data_dir / "history" / "anchors",
            "s3_endpoint_url": servers.s3_endpoint_url,
            "s3_region": servers.s3_region,
            "s3_bucket": servers.s3_bucket,
            "s3_access_key_id": SecretStr(servers.s3_access_key_id),
            "s3_secret_access_key": SecretStr(servers.s3_secret_access_key),
            "secret_keys": settings.secret_keys or (SecretStr(servers.secret_key),),
            "disk_dir": settings.disk_dir or settings.data_dir,
        }
    )


def with_clock(settings: Settings) -> Settings:
    """A demonstration clock starts once, here; what this process starts shares its offset."""
    if settings.clock_start is None:
        return settings
    return settings.model_copy(update={"clock_start": None, "clock_offset": settings.offset_from_now()})


def database_url(settings: Settings) -> str:
    assert settings.database_url is not None, "configured, or embedded and running"
    return settings.database_url.get_secret_value()


def owner_url(settings: Settings) -> str:
    """The owner's address: as configured, or of the embedded servers that run."""
    if settings.embedded:
        from app.embedded import attach  # noqa: PLC0415  # only with servers of our own

        return attach(settings.data_dir).owner_database_url
    owner = settings.owner_database_url or settings.database_url
    assert owner is not None, "not embedded"
    return owner.get_secret_value()


def _require_closed(settings: Settings) -> None:
    """Refuse to serve other machines with settings meant for trying out."""
    development = settings.environment is Environment.DEVELOPMENT
    if development and not is_loopback(settings.host):
        raise CannotServe(
            f"{settings.host} is reached from other machines, and this is development: "
            "set PINPAI_ENVIRONMENT=production and put TLS in front, or PINPAI_HOST=127.0.0.1."
        )
    if not development and not settings.allowed_hosts:
        raise CannotServe("Set PINPAI_ALLOWED_HOSTS to the names others ask this server by: it answers to no other.")


@contextmanager
def _listening(host: str, port: int, setting: str) -> Iterator[socket.socket]:
    """Take the port before anything else is started, so that a taken one costs one sentence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise CannotServe(
                f"Cannot listen on {host}:{port} ({error.strerror}): set {setting} to another port."
            ) from None
        yield listener


def _require_schema(settings: Settings) -> None:
    try:
        found = asyncio.run(revisions.current(database_url(settings)))
    except OSError as error:
        raise CannotServe(f"The database cannot be reached: {error}.") from None
    if reason := revisions.mismatch(found):
        raise CannotServe(reason)


@contextmanager
def _worker(settings: Settings) -> Iterator[None]:
    """A worker process beside the API, started again when it ends; it ends with us, even if we are killed."""
    stopping = threading.Event()
    keeper = threading.Thread(target=_keep_working, args=(worker_environment(settings), stopping))
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()


def _keep_working(environment: dict[str, str], stopping: threading.Event) -> None:
    while not stopping.is_set():
        child = subprocess.Popen(  # our own interpreter and module
            [sys.executable, "-m", "app.worker"], env=environment, start_new_session=True
        )
        while child.poll() is None and not stopping.wait(GLANCE):
            pass
        if stopping.is_set():
            _end(child)
        else:
            log.error("the worker ended with %s; another one starts", child.returncode)
            stopping.wait(WORKER_PAUSE)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(WORKER_STOPS_IN)
    except subprocess.TimeoutExpired:
        child.kill()


def worker_environment(settings: Settings) -> dict[str, str]:
    """The whole environment of a worker: the settings it reads, and where it finds its programs and authorities."""
    plain = settings.model_dump(exclude_none=True, include=set(WORKER_SETTINGS), mode="python")
    ours = {f"PINPAI_{name.upper()}": _written(value) for name, value in plain.items()}
    return {name: value for name, value in os.environ.items() if name in SURROUNDINGS} | ours


def _written(value: object) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case tuple():
            return ",".join(map(_written, value))
        case timedelta():
            return str(TypeAdapter(timedelta).dump_python(value, mode="json"))
    return str(value)


def _run(settings: Settings, listener: socket.socket) -> None:
    clear_overloads()  # half a MB of what the libraries declare for type checkers, which the program takes instead
    from app.api.http import contract  # noqa: PLC0415  # seconds, which a start that is refused need not wait for
    from app.main import create_app  # noqa: PLC0415

    app = create_app(settings)
    config = Config(
        app,
        loop="uvloop",
        http=partial(BoundedProtocol, entrance=entrance_of(settings)),  # type: ignore[arg-type]  # it is called, no more
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=20,
    )
    listener.listen(BACKLOG)
    gc.collect()
    gc.freeze()  # what the program is made of lives as long as it: walking through it stalls every request for 80 ms
    try:
        with contract.prepared(app) if settings.documented else nullcontext():
            EndingServer(config, app.state.live.close).run([listener])
    except KeyboardInterrupt:  # uvicorn raises the captured signal again once everything has ended
        log.info("stopped")


class EndingServer(uvicorn.Server):
    """A server that, told to stop, first ends the answers that would go on for ever, and then awaits the others."""

    def __init__(self, config: Config, end: Callable[[], None]) -> None:
        super().__init__(config)
        self._end = end

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end()
        await super().shutdown(sockets)


def entrance_of(settings: Settings) -> Entrance:
    """The connections that this process may have, by the settings and by the files it may open."""
    allowed = _open_files(settings.connections + OTHER_FILES) - OTHER_FILES
    return Entrance(max(allowed, FEWEST), None if settings.trusted_proxies else settings.connections_per_address)


def _open_files(wanted: int) -> int:
    """Return how many files this process may open, after asking for so many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed


def _announce(settings: Settings) -> None:
    address = f"http://{settings.host}:{settings.port}"
    _say(f"Pinpai serves {address}/api/v1")
    if settings.documented:
        _say(f"  documentation  {address}/api/docs")
    _say(
        "  sign in        pinpai office NAME prints an activation code; POST /api/v1/activations, then /api/v1/sessions"
    )
    if settings.clock_offset:
        _say(f"  demonstration  the clock says {datetime.now(UTC) + settings.clock_offset:%Y-%m-%d %H:%M:%S} UTC")
    _say("  stop           Ctrl-C")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # for the person at the terminal
