"""`manage.py audit_log`: recompute the log from its records. Exit 0 in order, 1 wrong, 4 a chain cannot be reached."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from abs_platform.ledger.audit import Report, audit
from abs_platform.ledger.models import Channel

IN_ORDER, WRONG, UNREACHABLE = 0, 1, 4


class Command(BaseCommand):
    help = (
        "Recompute the log from its records up to the chains and name the first wrong row. "
        "Exit code: 0 in order, 1 something is wrong, 4 in order as far as seen but a chain cannot be reached."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's signature
        reports = [audit(channel=name) for name in Channel.objects.order_by("name").values_list("name", flat=True)]
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
        counts = (
            f"{report.leaves} leaves, {report.tiles} tiles, {report.checkpoints} checkpoints, {report.anchors} anchors"
        )
        if report.wrong:
            self.stdout.write(f"{report.channel}: WRONG: {report.wrong['row']}: {report.wrong['detail']}")
        else:
            self.stdout.write(f"{report.channel}: in order: {counts}, {report.pending} pending")
        for chain, reason in report.unreachable.items():
            self.stdout.write(f"{report.channel}: chain {chain} not checked: {reason}")
