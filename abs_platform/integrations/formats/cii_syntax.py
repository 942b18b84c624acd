"""The three dialects of the UN/CEFACT Cross Industry vocabulary, and how they write dates.

Sources: CII D16B and later (urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100); ZUGFeRD 1.0
(urn:ferd:CrossIndustryDocument:invoice:1p0, CII SCRDM 2013); Order-X 1.0 (SCRDM CIO D20B); UNTDID 2379 for dates.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from abs_platform.integrations.formats.fields import MAX_TEXT, Element, Fields, text_of
from abs_platform.integrations.formats.refusal import Refused

STANDARD = "urn:un:unece:uncefact:data:standard:"


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where a dialect keeps what. Paths are relative: sections to the root, the line's to the line."""

    syntax: str
    root: str
    """The root element as "{namespace}Name"."""
    versions: tuple[int, int]
    """Of the entities' and of the data types' namespace."""
    context: str
    document: str
    transaction: str
    header: str = "ApplicableHeader"
    line: str = "SpecifiedLine"
    summation: str = "SpecifiedTradeSettlementHeaderMonetarySummation"
    line_summation: str = "SpecifiedTradeSettlementLineMonetarySummation"
    percent: str = "RateApplicablePercent"
    currency: str = "InvoiceCurrencyCode"

    @property
    def namespaces(self) -> dict[str, str]:
        """The prefixes of every path here."""
        entities, types = self.versions
        return {
            "rsm": self.root[1:].partition("}")[0],
            "ram": f"{STANDARD}ReusableAggregateBusinessInformationEntity:{entities}",
            "udt": f"{STANDARD}UnqualifiedDataType:{types}",
            "qdt": f"{STANDARD}QualifiedDataType:{entities}",
        }

    def of_header(self, part: str) -> str:
        """The path of the header's TradeAgreement, TradeDelivery or TradeSettlement."""
        return f"rsm:{self.transaction}/ram:{self.header}{part}"

    def of_line(self, part: str) -> str:
        """The path of a line's TradeAgreement, TradeDelivery or TradeSettlement."""
        return f"ram:{self.line}{part}"


CII = Dialect(
    syntax="CII",
    root=f"{{{STANDARD}CrossIndustryInvoice:100}}CrossIndustryInvoice",
    versions=(100, 100),
    context="ExchangedDocumentContext",
    document="ExchangedDocument",
    transaction="SupplyChainTradeTransaction",
)
ZUGFERD_1 = Dialect(
    syntax="CII",
    root="{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument",
    versions=(12, 15),
    context="SpecifiedExchangedDocumentContext",
    document="HeaderExchangedDocument",
    transaction="SpecifiedSupplyChainTradeTransaction",
    header="ApplicableSupplyChain",
    line="SpecifiedSupplyChain",
    summation="SpecifiedTradeSettlementMonetarySummation",
    line_summation="SpecifiedTradeSettlementMonetarySummation",
    percent="ApplicablePercent",
)
ORDER_X = Dialect(
    syntax="Order-X",
    root="{urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100}SCRDMCCBDACIOMessageStructure",
    versions=(128, 128),
    context="ExchangedDocumentContext",
    document="ExchangedDocument",
    transaction="SupplyChainTradeTransaction",
    currency="OrderCurrencyCode",
)
DIALECTS = {dialect.root: dialect for dialect in (CII, ZUGFERD_1, ORDER_X)}

# UNTDID 2379, with and without a time of day; none stated is read as a day, which may also be written as in XML.
DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
FORMATS = {"102": 8, "203": 12, "204": 14}
MONTH, WEEK = "610", "616"
XML_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9:.]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)


class CiiFields(Fields):
    """Reads the fields of one dialect."""

    def __init__(self, root: Element, dialect: Dialect) -> None:
        settlement = dialect.of_header("TradeSettlement")
        totals = f"{settlement}/ram:{dialect.summation}"
        super().__init__(
            root,
            (f"{settlement}/ram:{dialect.currency}",),
            tuple(f"{totals}/ram:{name}" for name in ("DuePayableAmount", "GrandTotalAmount", "TaxTotalAmount")),
            dialect.namespaces,
        )
        self.dialect = dialect
        self.imprecise: dict[str, date] = {}
        self.prices_left_out: list[str] = []
        """By position, from 1, the lines whose price is for another unit than their quantity is in."""

    def as_date(self, element: Element) -> date:
        """A day; of a month (610) or a week (616) the last day, noted in `imprecise`."""
        text = text_of(element)
        code = (element.get("format") or "").strip()
        try:
            if code in (MONTH, WEEK):
                return self._last_day(code, text)
            day = DAY.match(text) if len(text) == FORMATS.get(code or "102") and text.isdigit() else None
            if day is not None:
                return date(int(day[1]), int(day[2]), int(day[3]))
            written = XML_DATE.fullmatch(text) if not code else None
            return date.fromisoformat(written[1] if written else "")
        except ValueError:
            line = element.sourceline
            detail = f"The date in line {line}, “{text[:40]}”, is none of the format {code[:10] or '102'}."
            raise Refused("date_invalid", detail, line=line) from None

    def _last_day(self, code: str, text: str) -> date:
        if len(text) != len("202601") or not text.isascii() or not text.isdigit():
            raise ValueError(text)
        year, part = int(text[:4]), int(text[4:])
        if code == MONTH:
            day = date(year, part, monthrange(year, part)[1]) if 1 <= part <= 12 else date.fromisoformat("")
        else:
            day = date.fromisocalendar(year, part, 7)
        self.imprecise[text] = day
        return day

    def truth(self, element: Element, path: str) -> bool | None:
        """The truth value in the indicator at `path`."""
        return self.indicator(element, f"{path}/udt:Indicator")

    def notes(self, element: Element) -> tuple[str, ...]:
        """The notes right below `element`, a subject's code before its text, as UBL writes them (EN 16931 BT-21)."""
        found = []
        for each in self.all(element, "ram:IncludedNote"):
            code = self.text(each, "ram:SubjectCode")
            content = " ".join(self.texts(each, "ram:Content", MAX_TEXT))
            found.append(f"#{code}#{content}" if code and content else content)
        return tuple(note for note in found if note)
