"""The command line of the product: `./abs COMMAND`."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial

from abs_platform.launch import bench, checks, file_check, folder, managing, tour, up, witness
from abs_platform.launch.console import guarded

_DESCRIPTION = "Supply-chain ABS platform: starts, checks and measures the whole product on this machine."
# Commands whose arguments belong to another program, after the launcher's own options in front.
_PASSING = {"manage", "audit", "test"}


def parser() -> argparse.ArgumentParser:
    """The command line, one sub-parser a command; each sets `run`, a function from the arguments to an exit code."""
    found = argparse.ArgumentParser(prog="abs", description=_DESCRIPTION)
    commands = found.add_subparsers(dest="command", metavar="COMMAND", required=True)
    up.add_parser(commands)
    folder.add_parsers(commands)
    checks.add_parser(commands)
    bench.add_parser(commands)
    tour.add_parser(commands)
    managing.add_parsers(commands)
    witness.add_parser(commands)
    file_check.add_parser(commands)
    return found


def split(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part the launcher's own options in front of a passing command's arguments from what is passed on."""
    if not argv or argv[0] not in _PASSING:
        return list(argv), []
    own, rest = [argv[0]], list(argv[1:])
    while rest and (rest[0] in {"-h", "--help", "--state"} or rest[0].startswith("--state=")):
        own.append(rest.pop(0))
        if own[-1] == "--state" and rest:
            own.append(rest.pop(0))
    return own, rest[1:] if rest[:1] == ["--"] else rest


def run(argv: Sequence[str]) -> int:
    """Run one command line. Returns the exit code."""
    own, passed = split(argv)
    arguments = parser().parse_args(own)
    if passed:
        arguments.arguments = passed
    code: int = arguments.run(arguments)
    return code


def main() -> int:
    """Entry point of `abs`."""
    return guarded(partial(run, sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
