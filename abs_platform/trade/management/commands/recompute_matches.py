"""`manage.py recompute_matches`: match every line again. Exit 0: as stored, 1: something differs and alerts were raised."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from abs_platform.trade.matching import recomputing


class Command(BaseCommand):
    help = (
        "Match every filed line again and compare with what is stored. Differences are named, raise an alert for their "
        "trade, and are not mended unless you say --rebuild. Exit code: 0 all is as stored, 1 something differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fill", action="store_true", help="first match documents filed before there was matching")
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="store what is derived, in the place of what differs, after telling it",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's signature
        filled = recomputing.fill() if options["fill"] else 0
        found = recomputing.differences()
        recomputing.report(found=found)
        if found and options["rebuild"]:
            recomputing.rebuild()
        if options["json"]:
            rows = [{"trade": str(each.trade_id), "what": each.what, "count": each.count} for each in found]
            self.stdout.write(json.dumps({"ok": not found, "filled": filled, "differences": rows}))
        else:
            if options["fill"]:
                self.stdout.write(f"{filled} documents matched that were filed before")
            for each in found:
                self.stdout.write(f"trade {each.trade_id}: {each.count} {each.what} differ")
            if not found:
                self.stdout.write("all is as stored")
        if found:
            sys.exit(1)
