"""The configuration of a SeaweedFS, the embedded one and that of compose.yaml alike: files for the folder it starts in.

Doors are shut by kind and not by name. Every part but S3 speaks HTTP and gRPC only to whoever shows the one certificate
made here, whatever routes a version of it may have; S3 knows one identity, and asks it for a signature.
"""

import json
import os
import secrets
from pathlib import Path

BUCKET, REGION, HOST = "pinpai", "us-east-1", "127.0.0.1"
CERTIFICATE = {"cert": "tls/certificate.pem", "key": "tls/key.pem"}
AUTHORITY = {"ca": "tls/ca.pem"}
GRPC_PARTS = ["master", "volume", "filer", "s3", "msg_broker", "msg_agent", "admin", "worker", "mq", "client"]
HTTP_PARTS = ["master", "volume", "filer", "admin"]
JWT_KEYS = ["signing", "signing.read", "filer_signing", "filer_signing.read"]
# The parts meet on loopback, for which the certificate is; the parts that serve others are named where they start.
FLAGS = [
    *(f"-ip={HOST}", "-disableHttp", "-master.telemetry=false", "-webdav=false", "-admin.ui=false"),
    *("-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false", "-s3.config=s3.json", "-s3.autoCreateBucket=false"),
    *("-s3.allowDeleteBucketNotEmpty=false", "-filer.disableDirListing", "-filer.exposeDirectoryData=false"),
    "-volume.preStopSeconds=0",
]
# The bucket, and each object on disk before it is acknowledged.
SETUP = f"""
s3.bucket.create -name {BUCKET}
fs.configure -locationPrefix=/buckets/{BUCKET}/ -fsync -apply
s3.bucket.list
"""


def configuration(access_key_id: str, secret_access_key: str) -> dict[str, bytes]:
    """The files by name; inner keys are new each time, because only the one process that reads them needs them."""
    from app.embedded.certificates import make_certificate  # noqa: PLC0415  # 6 MB, only where the store is started

    pems = dict(zip(("tls/ca.pem", "tls/certificate.pem", "tls/key.pem"), make_certificate(HOST), strict=True))
    return pems | {
        "security.toml": _security().encode(),
        "s3.json": _identity(access_key_id, secret_access_key).encode(),
        "flags": "\n".join(FLAGS).encode(),
        "setup": SETUP.encode(),
    }


def write(folder: Path, access_key_id: str, secret_access_key: str) -> list[Path]:
    """Put the files where the store starts, readable by this user alone; which they are."""
    (folder / "tls").mkdir(mode=0o700, parents=True, exist_ok=True)
    contents = configuration(access_key_id, secret_access_key)
    return [_replaced(folder / name, content) for name, content in contents.items()]


def _replaced(file: Path, content: bytes) -> Path:
    """A new file in the place of an old one: nobody who had that open reads this."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    return file


def _security() -> str:
    """Mutual TLS at every inner door, HTTP and gRPC, and keys for what is written behind them."""
    sections = {f"jwt.{name}": {"key": secrets.token_urlsafe()} for name in JWT_KEYS}
    sections |= {"grpc": AUTHORITY} | {f"grpc.{part}": CERTIFICATE for part in GRPC_PARTS}
    sections |= {f"https.{part}": CERTIFICATE | AUTHORITY for part in HTTP_PARTS}
    lines = [f"[https.client]\nenabled = true\n{_toml(CERTIFICATE | AUTHORITY)}"]
    return "\n".join([*lines, *(f"[{name}]\n{_toml(values)}" for name, values in sections.items())])


def _toml(values: dict[str, str]) -> str:
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())


def _identity(access_key_id: str, secret_access_key: str) -> str:
    """One identity that reads, writes, lists and deletes objects of the bucket, and may not touch the bucket itself.

    One and not two: server and worker share their settings, so a second key would lie beside the first. A policy and
    not the older "actions", because those let a writer empty the bucket by changing its lifecycle.
    """
    key = {"accessKey": access_key_id, "secretKey": secret_access_key}
    objects = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
    statements = [
        {"Effect": "Allow", "Action": objects, "Resource": [f"arn:aws:s3:::{BUCKET}/*"]},
        {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": [f"arn:aws:s3:::{BUCKET}"]},
    ]
    policy = {"name": "objects", "document": {"Version": "2012-10-17", "Statement": statements}}
    identity = {"name": "pinpai", "credentials": [key], "policyNames": ["objects"]}
    return json.dumps({"identities": [identity], "policies": [policy]})
