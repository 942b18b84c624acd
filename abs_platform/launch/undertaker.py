"""Sees to it that nothing outlives a killed supervisor: run as a script beside it.

    python -I -S undertaker.py PIPE GRACE

Reads "+GROUP" and "-GROUP" lines (process group ids) from the file descriptor PIPE. When the pipe closes, the
supervisor is gone, in order or by SIGKILL. Groups still on the list have already got their death signal from the
kernel; they get GRACE seconds for it, then SIGKILL. It holds the state folder's lock (an inherited descriptor) until
then, so that a new stack cannot start among the remains. Standard library only.
"""

import contextlib
import os
import signal
import sys
import time

GRACE = 8.0  # seconds, the usual


def members(group: int) -> list[int]:
    """Process ids of the living (zombies are not) in a process group. proc(5): stat, fields 3 and 5."""
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208 (start-up time)
        if not name.isdigit():
            continue
        with contextlib.suppress(OSError, ValueError):
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as stream:  # noqa: PTH123
                state, _parent, its_group = stream.read().rsplit(")", 1)[1].split()[:3]
            if int(its_group) == group and state not in "ZX":
                found.append(int(name))
    return found


def kill(group: int, number: int) -> None:
    """Send a signal to a process group; one that is gone is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def bury(groups: set[int], grace: float) -> None:
    """Wait for the groups to end, at most `grace` seconds, then kill them."""
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and any(members(group) for group in groups):
        time.sleep(0.1)
    for group in groups:
        kill(group, signal.SIGKILL)
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline and any(members(group) for group in groups):
        time.sleep(0.02)


def main(pipe: int, grace: float) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    with os.fdopen(pipe, encoding="ascii") as stream:
        for line in stream:
            group = int(line[1:])
            if line[0] == "+":
                groups.add(group)
            else:
                groups.discard(group)
    bury(groups, grace)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
