"""SeaweedFS as a child: one S3 door with one key, every other door locked, all of them on loopback."""

import json
import re
import secrets
import signal
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from app.embedded.accounts import Account
from app.embedded.errors import EmbeddedError
from app.embedded.home import Credentials, Home
from app.embedded.processes import Keeper, Program, run_as, stop_strays

BUCKET, REGION, HOST = "pinpai", "us-east-1", "127.0.0.1"
# Not "data": it would be made absolute, and the folders above are closed to the server.
WORKING_FOLDER = "/proc/self/cwd"
GRPC_OFFSET = 10_000  # where each part looks for the gRPC door of another
PORTS = ["master", "volume", "filer", "s3", "admin"]
JWT_KEYS = ["SIGNING_KEY", "SIGNING_READ_KEY", "FILER_SIGNING_KEY", "FILER_SIGNING_READ_KEY"]
GRPC_PARTS = ["MASTER", "VOLUME", "FILER", "S3", "CLIENT", "ADMIN", "WORKER", "MSG_BROKER"]
CLOSED = [
    *("-master.telemetry=false", "-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0"),
    *("-s3.autoCreateBucket=false", "-s3.allowDeleteBucketNotEmpty=false", "-s3.config=s3.json"),
    *("-filer.disableDirListing", "-filer.exposeDirectoryData=false", "-volume.preStopSeconds=0"),
]
# The bucket, and each object on disk before it is acknowledged.
BUCKET_SETUP = f"""
s3.bucket.create -name {BUCKET}
fs.configure -locationPrefix=/buckets/{BUCKET}/ -fsync -apply
s3.bucket.list
"""


@contextmanager
def running_seaweed(
    home: Home, weed: Path, account: Account, credentials: Credentials, log: Callable[[str], None]
) -> Iterator[str]:
    """Start the server with its bucket, keep it running; yields the S3 address."""
    folder = home.seaweed
    home.own_folders(account, folder, folder / "data", folder / "tls")
    if stop_strays("weed", folder, signal.SIGTERM):
        log("SeaweedFS was still running from a supervisor that was killed: stopped it")
    ports = home.free_ports(PORTS, also=GRPC_OFFSET)
    _write_s3_policy(folder, account, credentials)
    environment = _locks(folder, account)
    endpoint = f"http://{HOST}:{ports['s3']}"
    keeper = Keeper(_program(home, weed, ports, environment), account, log)
    with _swept(ports), keeper.running():
        keeper.await_ready(lambda: _answers(endpoint), patience=60)
        _make_bucket(weed, folder, account, ports, environment)
        yield endpoint


def _program(home: Home, weed: Path, ports: Mapping[str, int], environment: Mapping[str, str]) -> Program:
    return Program(
        name="SeaweedFS",
        command=[str(weed), "-logtostderr=true", "mini", *_options(ports)],
        folder=home.seaweed,
        log_file=home.logs / "seaweed.log",
        stop_signal=signal.SIGTERM,
        death_signal=signal.SIGKILL,
        environment=environment,
    )


@contextmanager
def _swept(ports: Mapping[str, int]) -> Iterator[None]:
    """Afterwards take away the sockets that it leaves where its parts insist on meeting."""
    try:
        yield
    finally:
        for port in ports.values():
            for file in Path("/tmp").glob(f"seaweedfs-*-grpc-{port + GRPC_OFFSET}.sock"):  # noqa: S108 - its choice
                with suppress(OSError):
                    file.unlink()


def _options(ports: Mapping[str, int]) -> list[str]:
    doors = [f"-{part}.port={port}" for part, port in ports.items()]
    sockets = ["-filer.localSocket=filer.sock", "-s3.localSocket=s3.sock"]
    return [f"-dir={WORKING_FOLDER}/data", f"-ip={HOST}", f"-ip.bind={HOST}", *doors, *sockets, *CLOSED]


def _write_s3_policy(folder: Path, account: Account, credentials: Credentials) -> None:
    """One identity that reads, writes, lists and deletes objects of the bucket, and may not touch the bucket itself.

    One and not two: server and worker share their settings, so a second key would lie beside the first. A policy and
    not the older "actions", because those let a writer empty the bucket by changing its lifecycle.
    """
    key = {"accessKey": credentials.s3_access_key_id, "secretKey": credentials.s3_secret_access_key}
    objects = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
    statements = [
        {"Effect": "Allow", "Action": objects, "Resource": [f"arn:aws:s3:::{BUCKET}/*"]},
        {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": [f"arn:aws:s3:::{BUCKET}"]},
    ]
    policy = {"name": "objects", "document": {"Version": "2012-10-17", "Statement": statements}}
    identity = {"name": "pinpai", "credentials": [key], "policyNames": ["objects"]}
    _hand_over(folder / "s3.json", json.dumps({"identities": [identity], "policies": [policy]}).encode(), account)


def _locks(folder: Path, account: Account) -> dict[str, str]:
    """Keys for the inner HTTP and gRPC doors; new at every start, since only this one process knows them."""
    from app.embedded.certificates import make_certificate  # noqa: PLC0415  # cryptography is in the extra only

    for name, content in zip(("ca", "certificate", "key"), make_certificate(HOST), strict=True):
        _hand_over(folder / "tls" / f"{name}.pem", content, account)
    keys = {f"WEED_JWT_{name}": secrets.token_urlsafe() for name in JWT_KEYS}
    shown = {f"WEED_GRPC_{part}_CERT": "tls/certificate.pem" for part in GRPC_PARTS}
    proven = {f"WEED_GRPC_{part}_KEY": "tls/key.pem" for part in GRPC_PARTS}
    return {**keys, **shown, **proven, "WEED_GRPC_CA": "tls/ca.pem", "HOME": "."}


def _hand_over(file: Path, content: bytes, account: Account) -> None:
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(content)
    account.give(file)


def _answers(endpoint: str) -> bool:
    try:
        with urllib.request.urlopen(f"{endpoint}/status", timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)  # noqa: PLR2004 - OK
    except OSError:
        return False


def _make_bucket(
    weed: Path, folder: Path, account: Account, ports: Mapping[str, int], environment: Mapping[str, str]
) -> None:
    servers = [f"-{part}={HOST}:{ports[part]}.{ports[part] + GRPC_OFFSET}" for part in ("master", "filer")]
    command = [str(weed), "-logtostderr=true", "shell", *servers]
    answer = run_as(account, folder, command, environment=environment, words=BUCKET_SETUP).stdout
    # Its JSON puts one blank or two after a colon, by the build.
    if not re.search(r'"fsync":\s*true', answer) or not re.search(rf"^\s*{BUCKET}\s", answer, re.MULTILINE):
        raise EmbeddedError(f"SeaweedFS did not make its bucket: {answer.strip()}")
