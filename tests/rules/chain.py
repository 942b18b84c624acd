"""The published trade (OASIS UBL 2.0), as facts for the rules."""

from dataclasses import replace

from abs_platform.integrations import formats
from abs_platform.integrations.formats.model import TRADE_KINDS
from abs_platform.trade.facts import DocumentFacts, facts_of
from tests.shared_data import shared

NEEDS_CONFIRMATION = ("order", "receipt_advice", "invoice")


def published_chain(confirmation: str = "confirmed") -> list[DocumentFacts]:
    """Its documents by kind, those that need it in the given state of confirmation."""
    found = []
    for path in sorted(shared("01_ubl/oasis_2.0_chain").glob("*.xml")):
        extracted = formats.parse(path.read_bytes())
        if extracted is not None and extracted.kind in TRADE_KINDS:
            state = confirmation if extracted.kind in NEEDS_CONFIRMATION else "not_required"
            found.append(facts_of(extracted, id=path.stem, confirmation=state))
    return found


def without(documents: list[DocumentFacts], *kinds: str) -> list[DocumentFacts]:
    return [each for each in documents if each.kind not in kinds]


def standing_as(documents: list[DocumentFacts], kind: str, confirmation: str) -> list[DocumentFacts]:
    """The documents, those of a kind in another state of confirmation."""
    return [replace(each, confirmation=confirmation) if each.kind == kind else each for each in documents]
