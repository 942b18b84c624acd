"""The papers of a trade, made as a supplier's and a buyer's systems would make them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from abs_platform.config.sample import make
from abs_platform.config.sample import trade as sample
from abs_platform.config.sample.make import Company, SampleLine
from abs_platform.core import clock

DAY = date(2026, 3, 2)


def not_due_yet() -> date:
    """A day two months from now: nobody lends on what is overdue."""
    return clock.today() + timedelta(days=60)


def line(id: str = "1", quantity: str = "100", price: str = "10.00", **more: object) -> SampleLine:
    """A line of bolts; `more` as SampleLine."""
    options = {"name": f"bolt M{id}", "seller_item_id": f"B-{id}", "unit": "C62", **more}
    return SampleLine(id, quantity=Decimal(quantity), price=Decimal(price), **options)  # type: ignore[arg-type]  # any of its fields


@dataclass(frozen=True)
class Papers:
    """The papers of one order. Each method gives the bytes of one file; quantities as ordered unless `lines` say else."""

    number: str = "PO-1"
    seller: Company = sample.SUPPLIER
    buyer: Company = sample.CORE_ENTERPRISE
    lines: Sequence[SampleLine] = (line(),)
    currency: str = "CNY"
    due: date = DAY + timedelta(days=71)

    def order(self, **more: object) -> bytes:
        return self._made(make.order_xml, self.number, 0, lines=self.lines, currency=self.currency, **more)

    def response(self, *, accepted: bool = True) -> bytes:
        return self._made(make.order_response_xml, f"R-{self.number}", 1, order_number=self.number, accepted=accepted)

    def despatch(self, *lines: SampleLine, number: str = "") -> bytes:
        number = number or f"D-{self.number}"
        return self._made(make.despatch_xml, number, 7, order_number=self.number, lines=lines or self.lines)

    def receipt(self, *lines: SampleLine, number: str = "") -> bytes:
        return self._made(
            make.receipt_xml,
            number or f"G-{self.number}",
            9,
            order_number=self.number,
            despatch_number=f"D-{self.number}",
            lines=lines or self.lines,
        )

    def invoice(self, *lines: SampleLine, number: str = "", order_number: str | None = None) -> bytes:
        return self._made(
            make.invoice_xml,
            number or f"I-{self.number}",
            11,
            order_number=self.number if order_number is None else order_number,
            lines=lines or self.lines,
            due_date=self.due,
            currency=self.currency,
        )

    def credit(self, *lines: SampleLine, number: str = "", invoice_number: str = "") -> bytes:
        return self._made(
            make.credit_note_xml,
            number or f"C-{self.number}",
            20,
            invoice_number=invoice_number or f"I-{self.number}",
            lines=lines or self.lines,
            currency=self.currency,
        )

    def all(self) -> dict[str, bytes]:
        """Order, despatch, receipt and invoice."""
        return {
            "order.xml": self.order(),
            "despatch.xml": self.despatch(),
            "receipt.xml": self.receipt(),
            "invoice.xml": self.invoice(),
        }

    def _made(self, make_xml: object, number: str, days: int, **more: object) -> bytes:
        made: bytes = make_xml(  # type: ignore[operator]  # one of make's functions
            seller=self.seller, buyer=self.buyer, number=number, issue_date=DAY + timedelta(days=days), **more
        )
        return made
