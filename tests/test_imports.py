"""What a process carries is what it imported: each of these is asked in a process of its own."""

import subprocess
import sys

HELP = "import sys; sys.argv = ['pinpai', '--help']; from app import cli; cli.cli(standalone_mode=False)"
HEAVY = {"alembic", "asyncpg", "boto3", "demo", "fastapi", "numpy", "pydantic", "sqlalchemy", "uvicorn"}


def carried(program: str) -> set[str]:
    """The modules that a process has after running this."""
    command = [sys.executable, "-c", f"{program}\nprint(*sys.modules)"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return set(done.stdout.splitlines()[-1].split())


def test_help_is_given_without_the_program() -> None:
    modules = carried(HELP)
    assert {name for name in modules if name.partition(".")[0] == "app"} == {"app", "app.cli", "app.refusal"}
    assert modules & HEAVY == set()
