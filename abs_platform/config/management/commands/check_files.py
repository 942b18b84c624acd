"""`manage.py check_files FOLDER|FILE…`: what files are, what they say and what would become of them; stores nothing."""

import json
import os
import sys
import time
import unicodedata
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from abs_platform.config.checking import CannotRead, Row, checked, found_below

PROGRESS_SECONDS = 5.0
CANNOT_READ = 2
"""The exit code."""


class Command(BaseCommand):
    """A line per file on standard output; on standard error progress, and at the end how many had which verdict.

    With --json a line is {file, format, media_type, kind, number, issue_date, order_number, seller, buyer, currency, total,
    verdict, reasons}: a party is {name, identifiers: [[scheme, value], …]}, a reason {rule, level, field, detail, params}.
    """

    help = "Read and validate every file below the folders without storing anything: a line per file."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FOLDER|FILE")
        parser.add_argument("--json", action="store_true", help="one JSON object a line, for programs")

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's own signature
        line_of = _json_line if options["json"] else _text_line
        verdicts: Counter[str] = Counter()
        shown = time.monotonic()
        files = 0
        out = sys.stdout.buffer
        try:
            for rows in checked(found_below(options["paths"]), max_bytes=settings.MAX_FILE_BYTES):
                files += 1
                for row in rows:
                    verdicts[row["verdict"]] += 1
                    out.write(line_of(row) + b"\n")
                out.flush()
                if time.monotonic() - shown > PROGRESS_SECONDS:
                    shown = time.monotonic()
                    self.stderr.write(f"  {files} files read")
        except CannotRead as error:
            self.stderr.write(f"abs: {error}")
            sys.exit(CANNOT_READ)
        except BrokenPipeError:
            # Whoever reads has seen enough. What Python still holds must not be tried again at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        counts = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in ("accepted", "attention", "refused"))
        self.stderr.write(f"{files} files, {sum(verdicts.values())} lines: {counts}")


def _json_line(row: Row) -> bytes:
    """Names that are no UTF-8 keep their bytes, as \\udc80 to \\udcff. What a terminal would obey, or take for the end of the
    line, is escaped as JSON allows; it stands in texts alone."""
    text = json.dumps(row, ensure_ascii=False)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
    return text.encode()


def _text_line(row: Row) -> bytes:
    parties = " → ".join(party["name"] if party else "?" for party in (row["seller"], row["buyer"]))
    total = f"{row['total']} {row['currency'] or ''}".strip() if row["total"] else "-"
    reasons = "; ".join(_reason(reason) for reason in row["reasons"] if reason["level"] != "notice")
    said = [row["format"], row["kind"], row["number"] or "-", parties if row["seller"] or row["buyer"] else "-", total]
    columns = [f"{row['verdict']:9}", row["file"], *said, reasons or "-"]
    return "  ".join(_visible(column) for column in columns).encode("utf-8", "replace")


def _reason(reason: Row) -> str:
    where = f" [{reason['field']}]" if reason["field"] else ""
    return f"{reason['rule']}{where}: {reason['detail']}"


def _visible(text: str) -> str:
    """What would move the cursor, break the line or turn the reading order is written out."""
    if text.isprintable():
        return text
    return "".join(
        c
        if c.isprintable()
        else "\\n"
        if c == "\n"
        else f"\\u{ord(c):04x}"
        if unicodedata.category(c)[0] in "CZ"
        else c
        for c in text
    )
