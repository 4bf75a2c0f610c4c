"""Children: started as another user, started again when they die, gone when we are."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from app.embedded import launch
from app.embedded.accounts import Account
from app.embedded.errors import EmbeddedError

# Nothing of our own environment: it may hold secrets, proxies, and PG* variables that mean another server.
CLEAN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", "HOME": "/nonexistent"}
FIRST_PAUSE, LONGEST_PAUSE, STEADY_SECONDS, FORGIVING_SECONDS = 0.1, 10.0, 60.0, 60.0
LARGEST_LOG = 10 * 2**20


@dataclass(frozen=True)
class Program:
    """A command and its folder, the signal that stops it, and the one it gets when we are killed."""

    name: str
    command: Sequence[str]
    folder: Path
    log_file: Path
    stop_signal: signal.Signals
    death_signal: signal.Signals
    environment: Mapping[str, str] = field(default_factory=dict)


def launched(account: Account, folder: Path, death_signal: signal.Signals, command: Sequence[str]) -> list[str]:
    """The command line that becomes `command` as this user, in this folder."""
    oneself = [str(number) for number in (os.getpid(), int(death_signal), account.uid, account.gid)]
    return [sys.executable, "-I", "-S", launch.__file__, *oneself, str(folder), *command]


def run_as(
    account: Account,
    folder: Path,
    command: Sequence[str],
    *,
    environment: Mapping[str, str] = MappingProxyType({}),
    words: str = "",
) -> "subprocess.CompletedProcess[str]":
    """Run a short command to its end, with `words` as its input."""
    line = launched(account, folder, signal.SIGKILL, command)
    whole = {**CLEAN_ENVIRONMENT, **environment}
    return subprocess.run(  # noqa: S603 - a list of our own words, no shell
        line, env=whole, input=words, capture_output=True, text=True, check=False
    )


class Keeper(threading.Thread):
    """Keeps one program running until its stop is requested.

    It starts the program from its own thread, which lives as long as the program: the kernel sends the death signal
    when the thread that forked ends, not when the process does.
    """

    def __init__(self, program: Program, account: Account, log: Callable[[str], None]) -> None:
        super().__init__(name=f"keeper-{program.name}", daemon=True)
        self.program = program
        self._account, self._log = account, log
        self._process: subprocess.Popen[bytes] | None = None
        self._lock, self._stopping, self._log_start = threading.Lock(), threading.Event(), 0
        self._dying_words = ""

    def run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            born = time.monotonic()
            ending = self._live_once()
            if self._stopping.is_set():
                return
            self._dying_words = self._words() or ending
            pause = FIRST_PAUSE if time.monotonic() - born > STEADY_SECONDS else min(2 * pause, LONGEST_PAUSE)
            self._log(f"{self.program.name} {ending}: starting it again in {pause:.1f} s")
            self._stopping.wait(pause)

    def await_ready(self, ready: Callable[[], bool], *, patience: float, forgive: str = "\0") -> None:
        """Wait until it answers; a death before that is final unless its last output contains `forgive`."""
        begun = time.monotonic()
        while not ready():
            waited, words = time.monotonic() - begun, self._dying_words
            if waited > patience or (words and (forgive not in words or waited > FORGIVING_SECONDS)):
                why, more = _gist(words or self._words()), self.program.log_file
                raise EmbeddedError(f"{self.program.name} does not start: {why} (more in {more}).")
            time.sleep(0.03)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Start it, and stop it at the end."""
        self.start()
        try:
            yield
        finally:
            self.stop()

    def stop(self, patience: float = 20.0) -> None:
        """Ask it to stop, wait, and kill it when it does not."""
        with self._lock:
            self._stopping.set()
        for signal_, seconds in ((self.program.stop_signal, patience), (signal.SIGKILL, 5.0)):
            if self._process and self._process.poll() is None:
                self._process.send_signal(signal_)
            self.join(seconds)

    def _live_once(self) -> str:
        """Run the program to its end, and describe how it ended."""
        try:
            process = self._launch()
        except OSError as error:
            return f"could not be started ({error})"
        return f"ended with {process.wait()}" if process else "was stopped"

    def _launch(self) -> "subprocess.Popen[bytes] | None":
        line = launched(self._account, self.program.folder, self.program.death_signal, self.program.command)
        with self._lock:
            if self._stopping.is_set():
                return None
            _rotate(self.program.log_file)
            with self.program.log_file.open("ab") as log_file:
                self._log_start = log_file.tell()
                # A session of its own: Ctrl-C at the terminal is for us, and we stop the children in order.
                self._process = subprocess.Popen(  # noqa: S603 - a list of our own words, no shell
                    line,
                    env={**CLEAN_ENVIRONMENT, **self.program.environment},
                    stdin=subprocess.DEVNULL,
                    stdout=log_file,
                    stderr=log_file,
                    start_new_session=True,
                )
            return self._process

    def _words(self) -> str:
        """Return the output of the program since its last start."""
        with self.program.log_file.open("rb") as log_file:
            log_file.seek(self._log_start)
            return log_file.read(LARGEST_LOG).decode(errors="replace").strip()


def _rotate(log_file: Path) -> None:
    if log_file.exists() and log_file.stat().st_size > LARGEST_LOG:
        log_file.replace(log_file.with_suffix(".log.1"))


def _gist(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "ERROR" in line or line.startswith("F")]
    return (telling or lines or ["it gave no reason"])[-1][-300:]


def stop_strays(program: str, folder: Path, polite: signal.Signals, patience: float = 20.0) -> int:
    """Stop what a killed supervisor left behind: every process of this program that works in or below the folder."""
    found = len(_strays(program, folder))
    for signal_, seconds in ((polite, patience), (signal.SIGKILL, 10.0)):
        deadline = time.monotonic() + seconds
        for pid in _strays(program, folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal_)
        while _strays(program, folder) and time.monotonic() < deadline:
            time.sleep(0.03)
    return found


def _strays(program: str, folder: Path) -> list[int]:
    processes = (entry for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [int(process.name) for process in processes if _is_stray(process, program, folder.resolve())]


def _is_stray(process: Path, program: str, folder: Path) -> bool:
    try:
        executable, works_in = (process / "exe").readlink(), (process / "cwd").readlink()
    except OSError:  # it ended meanwhile, or belongs to somebody else
        return False
    # An upgrade deletes the file under a running program; the kernel then says so after its name.
    return executable.name.removesuffix(" (deleted)") == program and works_in.is_relative_to(folder)
