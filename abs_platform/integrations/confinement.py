"""What a process gives up before it reads what strangers wrote.

Limits (getrlimit(2)): memory that it may write, no file of any length, few open ones, no core. It ends with the thread that
started it (PR_SET_PDEATHSIG). On Linux for x86-64 and AArch64 the kernel also refuses it other programs and processes, the
network, and every change to a file (seccomp(2)); where the kernel knows no filters, the limits alone hold.

The address space is not limited: a validator compiled by GraalVM reserves 32 GB of it and writes to 0.2.
"""

import ctypes
import platform
import resource
import signal
import struct
import sys

OPEN_FILES = 64

PR_SET_PDEATHSIG = 1
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2
SECCOMP_SET_MODE_FILTER = 1
SECCOMP_FILTER_FLAG_TSYNC = 1
SECCOMP_RET_ALLOW = 0x7FFF0000
SECCOMP_RET_ERRNO = 0x00050000
SECCOMP_RET_KILL_PROCESS = 0x80000000
EPERM, ENOSYS = 1, 38
CLONE_THREAD = 0x00010000
WRITING = 0o3 | 0o100 | 0o1000  # O_WRONLY and O_RDWR, O_CREAT, O_TRUNC
X32 = 0x40000000

SECCOMP_CALL = {"x86_64": 317, "aarch64": 277}
# By machine: its AUDIT_ARCH; calls that are refused; clone, clone3; (open's number, which argument holds its flags).
_CALLS: dict[str, tuple[int, tuple[int, ...], int, int, tuple[tuple[int, int], ...]]] = {
    "x86_64": (
        0xC000003E,
        # execve, execveat, fork, vfork, socket, socketpair, connect, ptrace, kill, process_vm_readv, process_vm_writev, bpf,
        # io_uring_setup, creat, truncate, rename, renameat, renameat2, unlink, unlinkat, mkdir, mkdirat, link, linkat,
        # symlink, symlinkat, openat2
        (59, 322, 57, 58, 41, 53, 42, 101, 62, 310, 311, 321, 425, 85, 76, 82, 264, 316, 87, 263, 83, 258, 86, 265, 88, 266,
         437),
        56,
        435,
        ((2, 1), (257, 2)),
    ),
    "aarch64": (
        0xC00000B7,
        # execve, execveat, socket, socketpair, connect, ptrace, kill, process_vm_readv, process_vm_writev, bpf,
        # io_uring_setup, truncate, renameat, renameat2, unlinkat, mkdirat, linkat, symlinkat, openat2
        (221, 281, 198, 199, 203, 117, 129, 270, 271, 280, 425, 45, 38, 276, 35, 34, 37, 36, 437),
        220,
        435,
        ((56, 2),),
    ),
}  # fmt: skip


def confine(memory: int, *, ends_with_starter: bool = True) -> None:
    """Give it all up, for good, in all threads. `memory` in bytes.

    `ends_with_starter`: a child that outlives the thread that started it must do without, and end with its input.
    """
    _limit(resource.RLIMIT_DATA, memory)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    sys.dont_write_bytecode = True
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if ends_with_starter:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        _filter_calls(libc)


def renew_time(seconds: int) -> None:
    """Let the process compute for so many seconds from now; SIGXCPU ends it then."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def _limit(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


class _Program(ctypes.Structure):
    """sock_fprog of linux/filter.h."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def _filter_calls(libc: ctypes.CDLL) -> bool:
    """Whether the kernel took the filter."""
    calls = _CALLS.get(platform.machine())
    if calls is None or libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    instructions = _instructions(*calls)
    program = _Program(len(instructions), b"".join(instructions))
    # A library that computes in several threads has started them when it was loaded: they are bound like this one.
    of_all = (SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, ctypes.byref(program))
    if libc.syscall(SECCOMP_CALL[platform.machine()], *of_all) == 0:
        return True
    return bool(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def _instructions(
    architecture: int, refused: tuple[int, ...], clone: int, clone3: int, opening: tuple[tuple[int, int], ...]
) -> list[bytes]:
    """Classic BPF over struct seccomp_data: number at 0, architecture at 4, arguments from 16 in eight bytes each."""
    load, equal, at_least, any_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06

    def one(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("<HBBI", code, yes, no, value)

    def answer(number: int) -> bytes:
        return one(give, SECCOMP_RET_ERRNO | number)

    def unless(number: int, *then: bytes) -> list[bytes]:
        """Passed over unless the call is `number`; loads it again afterwards."""
        return [one(equal, number, 0, len(then)), *then]

    made = [
        one(load, 4),
        one(equal, architecture, 1, 0),
        one(give, SECCOMP_RET_KILL_PROCESS),
        one(load, 0),
        one(at_least, X32, 0, 1),
        answer(EPERM),
    ]
    for number in refused:
        made += unless(number, answer(EPERM))
    made += unless(clone3, answer(ENOSYS))  # the C library then takes clone, whose flags can be seen
    made += unless(clone, one(load, 16), one(any_bit, CLONE_THREAD, 1, 0), answer(EPERM), one(give, SECCOMP_RET_ALLOW))
    for number, argument in opening:
        flags = 16 + 8 * argument
        made += unless(
            number, one(load, flags), one(any_bit, WRITING, 0, 1), answer(EPERM), one(give, SECCOMP_RET_ALLOW)
        )
    return [*made, one(give, SECCOMP_RET_ALLOW)]
