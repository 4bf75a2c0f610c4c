"""The program as a newcomer meets it: `pinpai serve` with nothing configured, its tour, and its plain refusals."""

import json
import os
import re
import resource
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import serving as starting
from app.embedded.processes import CLEAN_ENVIRONMENT
from app.imaging.process import ENVIRONMENT
from app.serving import OTHER_FILES, entrance_of
from app.settings import Settings
from tests.world.ports import free_port
from tests.world.program import IN_A_FOLDER, PINPAI, Program, environment, serving

pytestmark = pytest.mark.thorough  # whole programs
ROOT = Path(__file__).parents[1]
PRODUCTION = {"PINPAI_ENVIRONMENT": "production", "PINPAI_SECRET_KEYS": "A" * 43}
PASSWORD = "纸船-铜壶-第九页-青瓦巷"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    data_dir = tmp_path_factory.mktemp("program") / IN_A_FOLDER
    with serving(data_dir, PINPAI_CLOCK_START="2015-04-21T09:00:00+08:00") as program:
        yield program


def refusal(values: dict[str, str], *command: str) -> str:
    """Output of a command that must fail: one message, no traceback."""
    done = subprocess.run([*PINPAI, *command], env=values, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_the_tour_of_the_readme_runs_as_written(program: Program, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (tour,) = re.findall(r"```bash tour\n(.*?)```", readme, re.DOTALL)
    script = tour.replace("127.0.0.1:8000", f"127.0.0.1:{program.port}").replace(".venv/bin/pinpai", shlex.join(PINPAI))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=program.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0] == "published"
    assert "too_few_images /images 图片至少 5 幅，现有 0 幅。" in lines
    assert "./2015-C01-001-form.pdf" in lines
    assert lines[-2:] == ["有 11 处不符合要求。", "Not found"]


def test_the_demonstration_clock_runs(program: Program) -> None:
    program.post("activations", code=program.invite("clock"), password=PASSWORD)
    first = program.post("sessions", username="clock", password=PASSWORD)["expires_at"]
    time.sleep(1)  # the clock's finest figure on the wire
    second = program.post("sessions", username="clock", password=PASSWORD)["expires_at"]
    assert "2015-04-21T13:00:00Z" <= first < second < "2015-04-21T13:10:00Z"


def test_the_doctor_finds_nothing(program: Program) -> None:
    done = subprocess.run(
        [*PINPAI, "doctor"], env=program.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.returncode) == ("Everything is in order.\n", 0)


def test_the_history_is_whole_and_chained_under_a_key_of_this_directory(program: Program) -> None:
    data_dir = Path(program.environment["PINPAI_DATA_DIR"])
    program.invite("historian")
    deadline = time.monotonic() + 30
    while not (data_dir / "history" / "anchors").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    done = subprocess.run(
        [*PINPAI, "audit", "verify"], env=program.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.returncode) == ("历史记录完整。\nThe history is whole.\n", 0)
    for kept in (data_dir / "secrets" / "history.json", data_dir / "history" / "anchors"):
        assert kept.stat().st_mode & 0o777 == 0o600


def test_a_second_instance_on_the_same_data_is_refused(program: Program) -> None:
    message = refusal(program.environment | {"PINPAI_PORT": str(free_port())}, "serve")
    assert program.environment["PINPAI_DATA_DIR"] in message
    assert len(message.splitlines()) == 1


def test_a_taken_port_is_refused(program: Program, tmp_path: Path) -> None:
    message = refusal(environment(tmp_path / "data", program.port), "serve")
    assert message == (
        f"Cannot listen on 127.0.0.1:{program.port} (Address already in use): set PINPAI_PORT to another port."
    )


def test_all_mistakes_in_the_settings_are_told_at_once(tmp_path: Path) -> None:
    values = environment(tmp_path, 0, PINPAI_POOL_SIZE="many", PINPAI_CORS_ORIGINS="*")
    message = refusal(values, "serve")
    assert re.findall(r"^  (PINPAI_\w+):", message, re.MULTILINE) == [
        "PINPAI_PORT",
        "PINPAI_POOL_SIZE",
        "PINPAI_CORS_ORIGINS",
    ]


def test_production_refuses_the_demonstration_clock(tmp_path: Path) -> None:
    start = "2015-09-14T23:59:30+08:00"
    values = environment(tmp_path, 8000, **PRODUCTION, PINPAI_CLOCK_START=start)
    assert refusal(values, "serve") == "The settings are not valid:\n  PINPAI_CLOCK_START: is refused in production"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "pinpai.example.org"])
def test_development_is_not_served_to_other_machines(tmp_path: Path, host: str) -> None:
    message = refusal(environment(tmp_path / "data", 8000, PINPAI_HOST=host), "serve")
    assert message.startswith(f"{host} is reached from other machines, and this is development: set PINPAI_ENVIRONMENT")
    assert not (tmp_path / "data").exists()


def test_production_is_not_served_without_a_name(tmp_path: Path) -> None:
    values = environment(tmp_path / "data", 8000, **PRODUCTION)
    assert refusal(values, "serve").startswith("Set PINPAI_ALLOWED_HOSTS")
    assert not (tmp_path / "data").exists()


def test_a_name_that_cannot_be_a_username_is_refused(program: Program) -> None:
    assert "cannot be a username" in refusal(program.environment, "office", "two words")


def test_after_a_kill_the_next_start_has_the_data_and_ends_in_order_when_told(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with serving(data_dir) as first:
        code = first.invite("first")
        first.process.kill()
        first.process.wait(10)
    with serving(data_dir) as second:
        assert second.post("activations", code=code, password=PASSWORD)["username"] == "first"
        second.process.terminate()
        assert second.process.wait(40) == 0
    assert "Traceback" not in data_dir.with_name(f"{second.port}.log").read_text()


def children_of(parent: int) -> dict[int, bytes]:
    """The processes that this one started, and those that these started, with their command lines."""
    found: dict[int, bytes] = {}
    for children in Path(f"/proc/{parent}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found |= {child: Path(f"/proc/{child}/cmdline").read_bytes()} | children_of(child)
    return found


def workers_of(program: Program) -> list[int]:
    return [child for child, command in children_of(program.process.pid).items() if b"app.worker" in command]


MAY_KNOW = {
    b"app.worker": starting.SURROUNDINGS | {f"PINPAI_{name.upper()}" for name in starting.WORKER_SETTINGS},
    b"app.imaging.worker": set(ENVIRONMENT) | {"LC_CTYPE"},
    b"postgres": set(CLEAN_ENVIRONMENT) | {"LC_CTYPE"},
    b"weed": set(CLEAN_ENVIRONMENT) | {"LC_CTYPE"},
}
"""Names of variables in the environment of each kind of child; `LC_CTYPE` is Python's own addition."""


OF_WORKERS = {"app_password", "s3_access_key_id", "s3_secret_access_key", "history_key"}
"""Secrets that a worker needs; other children need none."""


def test_no_child_knows_more_than_it_needs(tmp_path: Path) -> None:
    """Read the environment of every process that the server starts, with a server that was told everything."""
    more = {"PINPAI_OWNER_DATABASE_URL": "postgresql://owner:hidden@nowhere/x", "SECRET_OF_ANOTHER_PROGRAM": "hidden"}
    with serving(tmp_path / "data", **more) as program:
        program.get("/api/v1/openapi.json")  # the copy that renders it is the server itself, and gone by then
        secrets = tmp_path / "data" / "secrets"
        kept = json.loads((secrets / "credentials.json").read_text())
        kept["history_key"] = json.loads((secrets / "history.json").read_text())["key"]
        children, kinds = children_of(program.process.pid), set()
        for child, command in children.items():
            kind = next(kind for kind in MAY_KNOW if kind in command)
            environment = Path(f"/proc/{child}/environ").read_bytes().decode()
            names = {each.partition("=")[0] for each in environment.split("\0") if each}
            assert names <= MAY_KNOW[kind], command
            told = {name for name, value in kept.items() if value in environment}
            assert told <= (OF_WORKERS if kind == b"app.worker" else set())
            kinds.add(kind)
    assert kinds == set(MAY_KNOW)


def test_a_worker_that_dies_is_followed_by_another(program: Program) -> None:
    (first,) = workers_of(program)
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while workers_of(program) in ([], [first]) and time.monotonic() < deadline:
        time.sleep(0.1)
    (second,) = workers_of(program)
    assert second != first


INFINITE = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("limits", "raised", "most"),
    [
        ((1024, 4096), 2000 + OTHER_FILES, 2000),
        ((1024, INFINITE), 2000 + OTHER_FILES, 2000),
        ((1024, 1024), 1024, 1024 - OTHER_FILES),
        ((100, 100), 100, 10),
        ((10_000, 10_000), None, 2000),
        ((INFINITE, INFINITE), None, 2000),
    ],
)
def test_there_are_no_more_connections_than_files_may_be_open(
    monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int], raised: int | None, most: int
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: asked.append(wanted[0]))
    entrance = entrance_of(Settings(connections=2000, connections_per_address=500))
    assert (asked, entrance.most, entrance.each) == ([raised] if raised else [], most, 500)
    assert entrance_of(Settings(trusted_proxies=1)).each is None
