"""The last step before a supervised program: run as a script, becomes that program.

    python -I -S child.py PARENT DEATH_SIGNAL IDENTITY PROGRAM ARGUMENT…

PARENT is the process id of the supervisor and DEATH_SIGNAL the number the kernel sends when it dies, killed or not.
IDENTITY is for PostgreSQL, which refuses to run as root: "same"; "namespace" (user 1000 of a user namespace of its
own, seen from outside still root); or "drop:UID:GID" (that user, keeping the right to pass through closed folders,
because a checkout often lies below one). Standard library only: it runs without the project's packages.
"""

import contextlib
import ctypes
import os
import signal
import struct
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CLONE_NEWUSER = 0x10000000
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE = 1
_INSIDE_ID = 1000

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def die_with(parent: int, number: int) -> None:
    """Have the kernel send `number` when the parent dies; leave at once if it is dead already. prctl(2)."""
    _checked(_libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0), "PR_SET_PDEATHSIG")
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def enter_user_namespace() -> None:
    """Become user 1000 of a new user namespace. user_namespaces(7). Raises OSError where that is not allowed."""
    uid, gid = os.geteuid(), os.getegid()
    _checked(_libc.unshare(_CLONE_NEWUSER), "unshare")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{_INSIDE_ID} {uid} 1"),
        ("gid_map", f"{_INSIDE_ID} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as stream:  # noqa: PTH123 (start-up time)
            stream.write(text)


def drop_to(uid: int, gid: int) -> None:
    """Become another user that may still pass through folders closed to it. capabilities(7)."""
    _checked(_libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0), "PR_SET_KEEPCAPS")
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    bit = 1 << _CAP_DAC_OVERRIDE
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    with contextlib.suppress(OSError):  # a container without the capability: then the folders must be open
        _checked(_libc.capset(header, struct.pack("=6I", bit, bit, bit, 0, 0, 0)), "capset")
        _checked(_libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0), "PR_CAP_AMBIENT")


def main(arguments: list[str]) -> None:
    parent, number, identity, program = int(arguments[0]), int(arguments[1]), arguments[2], arguments[3:]
    if identity == "namespace":
        enter_user_namespace()
    elif identity.startswith("drop:"):
        _, uid, gid = identity.split(":")
        drop_to(int(uid), int(gid))
    die_with(parent, number)  # after the change of identity, which clears it
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    try:
        os.execvp(program[0], program)  # noqa: S606 (a program, not a shell line)
    except OSError as error:
        sys.exit(f"{program[0]} cannot be run: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
