"""`manage.py audit_log`: derive the log again. Exit 0 in order, 1 wrong, 2 no audit, 4 a chain cannot be reached."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from abs_platform.ledger.audit import audit, channels
from abs_platform.ledger.audit.memory import UnreadableMemory
from abs_platform.ledger.audit.report import Mode, Report

IN_ORDER, WRONG, NO_AUDIT, UNREACHABLE = 0, 1, 2, 4


class Command(BaseCommand):
    help = (
        "Derive the log again from its records up to the chains and name the first wrong row. "
        "Exit code: 0 in order, 1 something is wrong, 2 the audit could not be made, 4 in order as far as seen but a "
        "chain cannot be reached."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--incremental", action="store_true", help="only what came since the last audit in order")
        parser.add_argument("--channel", metavar="NAME", help="only this channel; all of them if not given")
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's signature
        mode = Mode.INCREMENTAL if options["incremental"] else Mode.FULL
        try:
            names = [options["channel"]] if options["channel"] else channels()
            reports = [audit(channel=name, mode=mode) for name in names]
        except (LookupError, UnreadableMemory) as error:
            raise CommandError(str(error), returncode=NO_AUDIT) from error
        except DatabaseError as error:  # else Python ends with 1, which says that the log is wrong
            raise CommandError(f"the database cannot be read: {error}", returncode=NO_AUDIT) from error
        if options["json"]:
            ok = all(report.wrong is None for report in reports)
            self.stdout.write(json.dumps({"ok": ok, "channels": [report.to_json() for report in reports]}))
        else:
            for report in reports:
                self._tell(report)
        if any(report.wrong for report in reports):
            sys.exit(WRONG)
        if any(report.unreachable for report in reports):
            sys.exit(UNREACHABLE)

    def _tell(self, report: Report) -> None:
        counts = ", ".join(f"{count} {kind}" for kind, count in report.counts().items())
        if report.wrong:
            self.stdout.write(f"{report.channel}: WRONG: {report.wrong['row']}: {report.wrong['detail']}")
        else:
            self.stdout.write(f"{report.channel}: in order up to {report.size} ({report.mode}): {counts}")
        for chain, reason in report.unreachable.items():
            self.stdout.write(f"{report.channel}: chain {chain} not checked: {reason}")
