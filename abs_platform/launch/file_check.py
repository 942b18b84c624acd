"""`abs check-files`: a dry run over anybody's files, without a service and without storing anything."""

import argparse
import subprocess
from pathlib import Path

from abs_platform.launch import backing
from abs_platform.launch.stack import manage

_DESCRIPTION = """\
Recognises, reads and validates every file below the folders, as an upload would, and stores nothing: neither a database nor
any other service is needed. A line per file says what would become of it (accepted, attention, refused), where it is, its
format, kind, number, parties and total, and the reasons by rule; members of archives have lines of their own, such as
"a.zip!/b.xml". Each file is read in a process with limits of memory, time and files. What is counted stands on standard
error. The exit code is 0 when every file was looked at, whatever its verdict; 2 when a folder or file that was named cannot be read."""

# Settings want addresses; nothing is connected to.
_UNUSED = {
    "ABS_ENV": "development",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "ABS_CHAINS": "[]",
}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("check-files", help="say what would become of files, storing nothing",
        description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("paths", nargs="+", type=Path, metavar="FOLDER|FILE", help="folders are searched to the bottom")
    parser.add_argument(
        "--json",
        action="store_true",
        help="one object a line: file, format, media_type, kind, number, issue_date, order_number, seller, buyer, currency, "
        "total, verdict, reasons (rule, level, field, detail, params)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    options = ["--json"] if arguments.json else []
    env = {**backing.base_environment(), **_UNUSED}
    command = manage(["check_files", *options, "--", *map(str, arguments.paths)], env)
    # In the caller's folder, so that the paths are as they were given.
    return subprocess.run(command.argv, env=env, check=False).returncode
