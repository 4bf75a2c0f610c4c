"""Run as a script in the place of a server: take its user and folder, agree to die with the parent, become it.

A script and not a `preexec_fn`, because the parent has threads and a fork that runs Python beside threads can hang.
Root opens the folder and the program before it gives itself up: the server then works below folders it may not enter.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: str, death_signal: str, uid: str, gid: str, folder: str, *command: str) -> None:
    os.chdir(folder)
    os.umask(0o077)
    program = os.open(command[0], os.O_RDONLY)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(int(gid), int(gid), int(gid))
        os.setresuid(int(uid), int(uid), int(uid))
    _forget_signals()
    # After the change of user, which would clear it.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() == int(parent):
        os.execve(program, command, dict(os.environ))  # noqa: S606 - becoming another program is what this script is for


def _forget_signals() -> None:
    """Reset all signals: those that the parent blocks or ignores pass through exec, and the server would not stop."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)


if __name__ == "__main__":
    main(*sys.argv[1:])
