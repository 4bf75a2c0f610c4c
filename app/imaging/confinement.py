"""Confinement of a process that opens strangers' bytes: no file, no network, no other process, and never more again.

Three layers that need no privilege, one behind the other: the kernel refuses all but a few calls (seccomp), every path
and every other process (Landlock), and a further descriptor (a limit). What a kernel lacks of them is told.
"""

import ctypes
import errno
import os
import platform
import resource
from contextlib import suppress

UIDS = range(60_578, 61_184)
"""Numbers that no distribution gives to anybody: a process of root's gets one of its own, not the shared `nobody`."""
LIMITS = {
    resource.RLIMIT_AS: 1536 * 2**20,
    resource.RLIMIT_FSIZE: 64 * 2**20,
    resource.RLIMIT_NOFILE: 0,  # what is open stays open
    resource.RLIMIT_CORE: 0,
}
NO_THREAD = {resource.RLIMIT_NPROC: 0}
"""Where no filter can tell a thread from a process: a kernel counts both as processes of the user."""

PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 4, 22, 38
SECCOMP_MODE_FILTER = 2
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF, LANDLOCK_CREATE_RULESET_VERSION = 444, 446, 1
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}  # how many the version knows, the lowest bits
TCP_BIND_AND_CONNECT, TCP_FROM = 0b11, 4
SIGNALS_AND_ABSTRACT_SOCKETS, SCOPES_FROM = 0b11, 6

MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""The machines that are known: the column in `CALLS`, and the number in the kernel's own list."""
CALLS = {
    "read": (0, 63),
    "write": (1, 64),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "lseek": (8, 62),
    "close": (3, 57),
    "fstat": (5, 80),
    "brk": (12, 214),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    "futex": (202, 98),
    "sched_yield": (24, 124),
    "restart_syscall": (219, 128),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getrusage": (98, 165),
    "getrandom": (318, 278),
    "gettimeofday": (96, 169),
    "clock_gettime": (228, 113),
    "rseq": (334, 293),
    "set_robust_list": (273, 99),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
"""The calls that stay: of memory, of the pipes and the two files, of threads, of clocks and of one's own end."""
THREAD = 0x3D0F00
CALLS_WITH = {"prlimit64": ((302, 261), 0), "clone": ((56, 220), THREAD)}
"""The calls that stay with one first argument alone: the limits of oneself, not of others, and a thread of this process
(its flags in glibc), which has all that holds it, and not a process; a decoder of HEIC works in one."""
CLONE3 = 435
"""The newer call for a thread: its flags are out of a filter's sight, and glibc takes the older one without it."""
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSE, UNKNOWN = (0x00050000 | code for code in (errno.EPERM, errno.ENOSYS))
NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16  # places in what a filter sees of a call

libc = ctypes.CDLL(None, use_errno=True)


class Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("value", ctypes.c_uint32))


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(Instruction)))


class Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


def confine() -> list[str]:
    """Give up whatever opening a picture does not need; return what this kernel cannot take away.

    Every import must have happened before, and every file must be open.
    """
    become_nobody_else()
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return [name for name, take_away in LAYERS.items() if not take_away()]


def become_nobody_else() -> None:
    """Give up root for a number of one's own; whoever is not root keeps theirs."""
    number = UIDS[os.getpid() % len(UIDS)]
    with suppress(PermissionError):  # also root may have been denied this already
        os.setgroups([])
        os.setresgid(number, number, number)
        os.setresuid(number, number, number)


def close_paths() -> bool:
    """Landlock with no exception: no path, no TCP, no signal and no tracing of anybody outside."""
    version = libc.syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), LANDLOCK_CREATE_RULESET_VERSION)
    if version < 1:
        return False
    rights = max(count for since, count in FILE_RIGHTS.items() if since <= version)
    network = TCP_BIND_AND_CONNECT if version >= TCP_FROM else 0
    ruleset = Ruleset(2**rights - 1, network, SIGNALS_AND_ABSTRACT_SOCKETS if version >= SCOPES_FROM else 0)
    descriptor = libc.syscall(
        LANDLOCK_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(ctypes.sizeof(ruleset)), 0
    )
    if descriptor < 0:
        return False
    refused = libc.syscall(LANDLOCK_RESTRICT_SELF, descriptor, 0)
    os.close(descriptor)
    return bool(refused == 0)


def close_descriptors() -> bool:
    """Limits on memory, files and, unless the filter does it better, processes; they stand with any kernel."""
    is_filtered = libc.getppid() < 0
    for limit, value in (LIMITS if is_filtered else LIMITS | NO_THREAD).items():
        resource.setrlimit(limit, (value, value))
    return True


def close_calls() -> bool:
    """A seccomp filter that refuses every call but those named; False where the machine is none we know."""
    if platform.machine() not in MACHINES:
        return False
    instructions = filter_of(*MACHINES[platform.machine()])
    program = Program(len(instructions), (Instruction * len(instructions))(*instructions))
    return bool(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def filter_of(column: int, machine: int) -> list[Instruction]:
    """Return the filter: first is the machine, then the call, and of two calls their first argument."""
    allow, refuse, unknown = (Instruction(RETURN, 0, 0, answer) for answer in (ALLOW, REFUSE, UNKNOWN))
    answers = [(numbers[column], allow) for numbers in CALLS.values()] + [(CLONE3, unknown)]
    return [
        Instruction(LOAD, 0, 0, MACHINE),
        Instruction(JUMP_IF_EQUAL, 1, 0, machine),
        Instruction(RETURN, 0, 0, KILL),
        Instruction(LOAD, 0, 0, NUMBER),
        *(part for number, answer in answers for part in (Instruction(JUMP_IF_EQUAL, 0, 1, number), answer)),
        *(part for numbers, first in CALLS_WITH.values() for part in _with(numbers[column], first, allow, refuse)),
        refuse,
    ]


def _with(number: int, first: int, allow: Instruction, refuse: Instruction) -> list[Instruction]:
    """Return the part of the filter about a call that stays with this first argument alone."""
    return [
        Instruction(JUMP_IF_EQUAL, 0, 4, number),
        Instruction(LOAD, 0, 0, FIRST_ARGUMENT),
        Instruction(JUMP_IF_EQUAL, 0, 1, first),
        allow,
        refuse,
    ]


LAYERS = {"Landlock": close_paths, "seccomp": close_calls, "limits": close_descriptors}
"""In the order in which one still lets the next be made."""
