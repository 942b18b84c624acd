"""`manage.py tax_simulator void NUMBER`: what the simulated tax office says from now on. For development."""

from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from abs_platform.core import clock
from abs_platform.documents.tax.models import TaxStatus
from abs_platform.integrations.tax.configured import tax_status
from abs_platform.integrations.tax.simulator import Simulator
from abs_platform.integrations.tax.status import Status

SAYINGS = {
    "void": Status.VOIDED,
    "red-letter": Status.RED_LETTER,
    "lose": Status.LOST_CONTROL,
    "unverify": Status.NOT_VERIFIED,
    "verify": Status.VERIFIED,
    "duplicate": Status.DUPLICATE,
    "abnormal": Status.ABNORMAL,
}


class Command(BaseCommand):
    """Tells the simulator, and has the invoices concerned asked about at the next sweep."""

    help = (
        "Tell the simulated tax office what it says of an invoice: "
        f"{', '.join(SAYINGS)}, forget (as if nothing was said), close and open (answer nobody, answer again)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("saying", choices=[*SAYINGS, "forget", "close", "open"])
        parser.add_argument("number", nargs="?", help="the invoice's number")
        parser.add_argument("--amount", metavar="A", help="red-letter: how much with tax; all of it without")
        parser.add_argument("--red-number", action="append", default=[], metavar="N", help="the red-letter invoice")

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's own signature
        office = tax_status()
        if not isinstance(office, Simulator):
            raise CommandError("the simulator is not in use: set ABS_TAX_STATUS_URL=simulator:, or ABS_DEMO=1")
        saying, number = options["saying"], options["number"]
        if saying in ("close", "open"):
            office.close() if saying == "close" else office.open()
            self.stdout.write(f"the simulated tax office is {'closed' if saying == 'close' else 'open'}")
            return
        if not number:
            raise CommandError(f"{saying} needs the invoice's number")
        if saying == "forget":
            office.forget(number)
        else:
            amount = _amount(options["amount"])
            office.tell(number, SAYINGS[saying], red_amount=amount, red_numbers=tuple(options["red_number"]))
        with transaction.atomic():
            concerned = TaxStatus.objects.filter(document__number=number).update(next_check_at=clock.now())
        self.stdout.write(f"{number}: {saying}; {concerned} documents are asked about within a minute")


def _amount(text: str | None) -> Decimal | None:
    try:
        amount = None if text is None else Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if amount is not None and not (amount.is_finite() and 0 < amount < Decimal(10) ** 15):
        raise CommandError(f"{text} is no amount above zero")
    return amount
