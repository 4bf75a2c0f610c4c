"""Modules that a process imports: each case runs in a process of its own."""

import subprocess
import sys

import pytest

HELP = "sys.argv = ['pinpai', '--help']; from app import cli; cli.cli(standalone_mode=False)"
HEAVY = {"alembic", "asyncpg", "boto3", "demo", "fastapi", "numpy", "pydantic", "sqlalchemy", "uvicorn"}

API = """
from app import cli, serving
from app.main import create_app
from app.settings import Settings
create_app(Settings.model_construct())
"""
ELSEWHERE = {
    *("app.embedded", "app.mailing", "app.migrating", "app.worker", "demo"),
    *(
        "OpenSSL",
        "PIL",
        "aiosmtplib",
        "alembic",
        "bagit",
        "cryptography",
        "docx",
        "highspy",
        "holidays",
        "httpx2",
        "jinja2",
        "lxml",
        "numpy",
        "procrastinate",
        "prometheus_client",
    ),
    *(
        "openpyxl",
        "psycopg",
        "pylopdf_fonts_zh_cn",
        "pyotp",
        "pypdf",
        "pypdfium2",
        "pypinyin",
        "python_calamine",
        "standardwebhooks",
        "typst",
        "joserfc",
        "webauthn",
    ),
    *("segno", "zipstream", "zxcvbn", "zxingcpp"),
}
"""Known to the worker, to limited processes, or to a request that needs it: nobody idle carries it."""


def carried(program: str) -> set[str]:
    """The modules that a process has after running this."""
    command = [sys.executable, "-c", f"import sys\n{program}\nprint(*sys.modules)"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return set(done.stdout.splitlines()[-1].split())


def test_help_is_given_without_the_program() -> None:
    modules = carried(HELP)
    assert {name for name in modules if name.partition(".")[0] == "app"} == {"app", "app.cli", "app.refusal"}
    assert modules & HEAVY == set()


@pytest.mark.thorough
def test_the_api_carries_only_what_every_request_may_need() -> None:
    assert carried(API) & ELSEWHERE == set()
