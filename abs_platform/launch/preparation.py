"""Runs several management commands in one process, for starting Python and Django costs more than most of them do.

    python -m abs_platform.launch.preparation migrate --no-input -- setup_ledger

Ends at the first command that fails, with its exit code.
"""

import os
import sys
from itertools import groupby

from django.core.management import ManagementUtility


def commands(words: list[str]) -> list[list[str]]:
    """The command lines between the separators."""
    return [list(group) for is_separator, group in groupby(words, "--".__eq__) if not is_separator]


def main(words: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abs_platform.config.settings")
    for command in commands(words):
        ManagementUtility(["manage.py", *command]).execute()  # leaves by SystemExit when the command fails


if __name__ == "__main__":
    main(sys.argv[1:])
