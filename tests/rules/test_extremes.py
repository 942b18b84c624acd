"""Whatever figures a readable file states, it is compared and assessed; nothing raises and nothing runs away."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from abs_platform.integrations import formats
from abs_platform.rights.ladder import PaymentConfirmation
from abs_platform.rights.rules import assess
from abs_platform.rights.valuation import AMOUNT_LIMIT
from abs_platform.trade.facts import DocumentFacts, facts_of
from tests.rules.test_properties import RATES

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
KINDS = {
    "Order": ("<cac:OrderLine><cac:LineItem>{}</cac:LineItem></cac:OrderLine>", "Quantity"),
    "DespatchAdvice": ("<cac:DespatchLine>{}</cac:DespatchLine>", "DeliveredQuantity"),
    "ReceiptAdvice": ("<cac:ReceiptLine>{}</cac:ReceiptLine>", "ReceivedQuantity"),
    "Invoice": ("<cac:InvoiceLine>{}</cac:InvoiceLine>", "InvoicedQuantity"),
    "CreditNote": ("<cac:CreditNoteLine>{}</cac:CreditNoteLine>", "CreditedQuantity"),
}
MOST, LEAST = "999999999999999.9999999999999", "0.0000000000001"

figures = st.one_of(
    st.sampled_from(
        [MOST, LEAST, "0", "1", "10", "-" + MOST, "-" + LEAST, "-1", "-9.9999999999999", "999999999999999"]
    ),
    st.decimals(-1000, 1000, places=3).map(lambda value: format(value, "f")),
)


def tag(name: str, value: str | None) -> str:
    currency = ' currencyID="CNY"' if name.endswith("Amount") else ""
    return "" if value is None else f"<cbc:{name}{currency}>{value}</cbc:{name}>"


@st.composite
def files(draw: st.DrawFn) -> bytes:
    kind = draw(st.sampled_from(sorted(KINDS)))
    shape, quantity = KINDS[kind]

    def maybe(name: str) -> str:
        return tag(name, draw(st.one_of(st.none(), figures)))

    lines = [
        tag("ID", "1")
        + tag(quantity, draw(figures))
        + (tag("RejectedQuantity", draw(st.sampled_from([None, MOST, LEAST]))) if kind == "ReceiptAdvice" else "")
        + maybe("LineExtensionAmount")
        + maybe("TotalTaxAmount")
        + f"<cac:Price>{maybe('PriceAmount')}{maybe('BaseQuantity')}</cac:Price>"
        + "<cac:Item><cbc:Name>bolt</cbc:Name><cac:ClassifiedTaxCategory>"
        + maybe("Percent")
        + "</cac:ClassifiedTaxCategory></cac:Item>"
        for _ in range(draw(st.integers(1, 3)))
    ]
    totals = "".join(
        maybe(name) for name in ("LineExtensionAmount", "TaxInclusiveAmount", "PrepaidAmount", "PayableAmount")
    )
    return (
        f'<k:{kind} xmlns:k="{UBL}{kind}-2" xmlns:cac="{UBL}CommonAggregateComponents-2"'
        f' xmlns:cbc="{UBL}CommonBasicComponents-2"><cbc:ID>N</cbc:ID>'
        f"<cbc:DocumentCurrencyCode>CNY</cbc:DocumentCurrencyCode><cac:TaxTotal>{maybe('TaxAmount')}</cac:TaxTotal>"
        f"<cac:LegalMonetaryTotal>{totals}</cac:LegalMonetaryTotal>{''.join(shape.format(line) for line in lines)}"
        f"</k:{kind}>"
    ).encode()


@st.composite
def known(draw: st.DrawFn) -> list[DocumentFacts]:
    found = []
    for position, data in enumerate(draw(st.lists(files(), min_size=1, max_size=6))):
        extracted = formats.parse(data)
        assert extracted is not None
        state = draw(st.sampled_from(["confirmed", "confirmed", "pending", "disputed"]))
        found.append(facts_of(extracted, id=str(position), confirmation=state))
    return found


@settings(max_examples=150, deadline=None)
@given(known(), st.sampled_from([None, "1.00", "999999999999999.99", "9999999999999999"]))
def test_no_figures_stop_the_calculation(facts: list[DocumentFacts], confirmed: str | None) -> None:
    confirmation = None if confirmed is None else PaymentConfirmation(Decimal(confirmed), "CNY", date(2026, 6, 1))
    found = assess(facts, RATES, confirmation)
    assert 0 <= found.supported <= found.base <= found.gross < 2 * AMOUNT_LIMIT
    assert found.base == found.gross - sum(each.amount for each in found.reductions)
    assert found.poolable == (not found.poolable_reasons)
    assert not found.poolable or found.supported > 0
    if all(each.confirmation != "confirmed" for each in facts if each.kind in ("order", "invoice")) and found.rung < 5:
        assert found.supported == 0
