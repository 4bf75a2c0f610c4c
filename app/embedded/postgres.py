"""The roles and databases of the embedded PostgreSQL: an owner for migrations, an app that owns nothing."""

import subprocess
from dataclasses import dataclass
from urllib.parse import quote

from app.embedded.errors import EmbeddedError
from app.embedded.home import Credentials
from app.embedded.processes import CLEAN_ENVIRONMENT

SUPERUSER, OWNER, APP, DATABASE = "postgres", "pinpai_owner", "pinpai_app", "pinpai"


@dataclass(frozen=True)
class Postgres:
    """A running server, as its superuser and its users see it."""

    psql: str
    socket_folder: str
    credentials: Credentials

    def url(self, role: str, database: str) -> str:
        """The SQLAlchemy address of a database for one of the three roles."""
        password = self._password(role)
        return f"postgresql+asyncpg://{role}:{password}@/{database}?host={quote(self.socket_folder, safe='')}"

    def administer(self, sql: str, database: str = "postgres") -> str:
        """Run SQL as the superuser."""
        finished = self._run_psql(sql, database)
        if finished.returncode:
            raise EmbeddedError(f"PostgreSQL refused: {finished.stderr.strip()}")
        return finished.stdout.strip()

    def answers(self) -> bool:
        """Return true if it accepts connections now."""
        return self._run_psql("SELECT 1", "postgres").returncode == 0

    def create_database(self, name: str, template: str | None = None) -> None:
        """A database of the owner's, closed to everyone but the app."""
        source = f'TEMPLATE "{template}"' if template else ""
        self.administer(
            f'CREATE DATABASE "{name}" OWNER {OWNER} {source};\n'
            f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC;\n'
            f'GRANT CONNECT ON DATABASE "{name}" TO {APP};'
        )

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        self.administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def prepare(self) -> None:
        """Make the roles and the database what they should be, at every start."""
        roles = self.administer("SELECT rolname FROM pg_roles").split()
        for role in (OWNER, APP):
            verb = "ALTER" if role in roles else "CREATE"
            rights = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
            self.administer(f"{verb} ROLE {role} {rights} PASSWORD '{self._password(role)}'")
        self.administer("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
        if DATABASE not in self.administer("SELECT datname FROM pg_database").split():
            self.create_database(DATABASE)

    def _password(self, role: str) -> str:
        held = self.credentials
        return {SUPERUSER: held.superuser_password, OWNER: held.owner_password, APP: held.app_password}[role]

    def _run_psql(self, sql: str, database: str) -> "subprocess.CompletedProcess[str]":
        options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.socket_folder, "-U", SUPERUSER, database]
        password = {"PGPASSWORD": self.credentials.superuser_password, "PGCONNECT_TIMEOUT": "5"}
        return subprocess.run(  # noqa: S603 - a list of our own words, no shell
            [self.psql, *options],
            input=sql,
            env={**CLEAN_ENVIRONMENT, **password},
            capture_output=True,
            text=True,
            check=False,
        )
