"""Requests of a process to the kernel (Linux): to be closed to others, and to end with its parent."""

import ctypes
import signal

PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4


def seclude() -> None:
    """Close our memory and environment to all but root, and let no crash write them to a file."""
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def end_with_parent(death_signal: signal.Signals) -> None:
    """Get this signal when the parent is gone, however it went: what it holds by us, such as a lock, is free then."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
