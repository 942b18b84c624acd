"""How grave a broken rule is, which field it names, and what is not held to it."""

import threading

import pytest
from lxml import etree

from abs_platform.config.sample.trade import files
from abs_platform.integrations import formats
from abs_platform.integrations.formats import en16931, validators
from abs_platform.integrations.formats.model import Level, Remark
from abs_platform.integrations.formats.profiles import profile_of
from abs_platform.integrations.formats.reading import Verdict
from tests.formats.european import AS_ORDER_X, CII, cii

CORE = "urn:cen.eu:en16931:2017"
EXTENSION = (
    f"{CORE}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
)


def remarks(changes: dict[str, str]) -> dict[str, Remark]:
    return {remark.rule: remark for remark in formats.read(cii(changes).encode()).all_remarks}


@pytest.mark.parametrize(
    ("changes", "rule", "field"),
    [
        ({">2213.40</ram:Grand": ">2213.00</ram:Grand"}, "BR-CO-15", "totals.tax_inclusive"),
        ({">2213.40</ram:Due": ">2213.00</ram:Due"}, "BR-CO-16", "totals.payable"),
        (
            {
                "<ram:LineTotalAmount>1860.00</ram:LineTotalAmount>\n<ram:TaxBasis": "<ram:LineTotalAmount>1900.00</ram:LineTotalAmount>\n<ram:TaxBasis",
            },
            "BR-CO-10",
            "totals.lines",
        ),
        ({"<ram:Name>Bearing</ram:Name>": ""}, "BR-25", "lines.0.item_name"),
        ({"<ram:Name>Seller GmbH</ram:Name>": ""}, "BR-06", "seller.name"),
        ({"<ram:Name>Buyer AG</ram:Name>": ""}, "BR-07", "buyer.name"),
        ({">18.60<": ">-18.60<"}, "BR-27", "lines.0.price"),
        (
            {
                ">1860.00</ram:LineTotalAmount>\n</ram:SpecifiedTradeSettlementLine": ">1860.000</ram:LineTotalAmount>\n</ram:SpecifiedTradeSettlementLine"
            },
            "BR-DEC-23",
            "lines.0.amount",
        ),
        ({"Munich</ram:CityName><ram:CountryID>DE": "Munich</ram:CityName><ram:CountryID>XX"}, "BR-CL-14", "seller"),
        ({">EUR<": ">ZZZ<", '"EUR"': '"ZZZ"'}, "BR-CL-04", "currency"),
    ],
)
def test_a_broken_rule_refuses_and_names_its_field(changes: dict[str, str], rule: str, field: str) -> None:
    found = remarks(changes)[rule]
    assert (found.level, found.field) == (Level.REFUSED, field)
    assert found.detail
    assert found.params["location"].startswith("CrossIndustryInvoice")


def test_codes_of_growing_lists_ask_for_a_look() -> None:
    unit = remarks({'unitCode="C62"': 'unitCode="QQQ"'})
    assert (unit["BR-CL-23"].level, unit["BR-CL-23"].field) == (Level.ATTENTION, "lines.0.unit")


def test_an_extension_may_redefine_sums_but_not_leave_things_out() -> None:
    wrong_sum = {">2213.40</ram:Due": ">2213.00</ram:Due", CORE: EXTENSION}
    assert remarks(wrong_sum)["BR-CO-16"].level is Level.ATTENTION
    assert remarks({"<ram:Name>Bearing</ram:Name>": "", CORE: EXTENSION})["BR-25"].level is Level.REFUSED
    assert remarks({'unitCode="C62"': 'unitCode="QQQ"', CORE: EXTENSION})["BR-CL-23"].level is Level.NOTICE


def test_a_profile_that_nobody_knows_is_said() -> None:
    misspelt = remarks({CORE: f"{CORE}:compliant:factur-x.eu:1p0:basic"})
    assert misspelt["profile_unknown"].level is Level.ATTENTION
    usage = remarks({CORE: f"{CORE}#compliant#urn:fdc:nen.nl:nlcius:v1.0"})
    assert "profile_unknown" not in usage


def test_what_breaks_the_schema_is_refused_by_its_profile_and_shown_otherwise() -> None:
    foreign = {"<ram:InvoiceCurrencyCode>": "<ram:Unheard>x</ram:Unheard><ram:InvoiceCurrencyCode>"}
    basic = f"{CORE}#compliant#urn:factur-x.eu:1p0:basic"
    assert remarks({**foreign, CORE: basic})["schema_invalid"].level is Level.REFUSED
    assert remarks(foreign)["schema_invalid"].level is Level.ATTENTION
    order = remarks({**foreign, **AS_ORDER_X, "<ram:InvoiceCurrencyCode>": "<ram:Unheard/><ram:InvoiceCurrencyCode>"})
    assert order["schema_invalid"].level is Level.ATTENTION


@pytest.mark.parametrize("value", ["", "abc", "1e400", "1,0"])
def test_a_value_that_is_none_is_refused_even_where_it_is_not_read(
    value: str, capfd: pytest.CaptureFixture[str]
) -> None:
    found = remarks(
        {
            ">1860.00</ram:BasisAmount>": ">1860.00</ram:BasisAmount>",
            "</ram:ApplicableTradeTax>\n<ram:SpecifiedTradePay": f"</ram:ApplicableTradeTax>\n<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator><ram:CalculationPercent>{value}</ram:CalculationPercent></ram:SpecifiedTradeAllowanceCharge><ram:SpecifiedTradePay",
        }
    )
    assert found["value_invalid"].level is Level.REFUSED
    # A stranger's file must not fill the log of whoever reads it.
    assert capfd.readouterr().err == ""


def test_what_claims_nothing_is_not_held_to_it() -> None:
    assert (
        formats.read(cii({CORE: "urn:example:own", "<ram:Name>Bearing</ram:Name>": ""}).encode()).verdict
        is Verdict.ACCEPTED
    )
    ubl = files()["05-invoice.xml"]
    assert all(remark.rule.islower() for remark in formats.read(ubl).all_remarks)


def test_our_own_remark_on_a_sum_follows_the_standard_s_rule() -> None:
    """EN 16931 compares to the cent; where it is content, a difference that we would remark is not one."""
    off = remarks({">2213.40</ram:Due": ">2213.00</ram:Due"})
    assert off["payable_arithmetic"].level is Level.ATTENTION
    assert off["payable_arithmetic"].params == {"expected": "2213.40", "found": "2213.00"}


def test_attached_files_are_not_handed_to_the_rules() -> None:
    attached = (
        "<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>A</ram:IssuerAssignedID><ram:TypeCode>916</ram:TypeCode>"
        f'<ram:AttachmentBinaryObject mimeCode="application/pdf" filename="a.pdf">{"QUJD" * 500_000}</ram:AttachmentBinaryObject>'
        "</ram:AdditionalReferencedDocument></ram:ApplicableHeaderTradeAgreement>"
    )
    text = cii({"</ram:ApplicableHeaderTradeAgreement>": attached})
    root = etree.fromstring(text.encode())
    assert len(validators._without_attachments(root)) < 20_000
    assert len(etree.tostring(root)) > 2_000_000
    assert formats.read(text.encode()).verdict is Verdict.ACCEPTED


def test_a_large_file_may_be_attached() -> None:
    """libxml2 takes no text beyond ten million characters, and nobody reads the file."""
    invoice = files()["05-invoice.xml"].decode()
    attached = (
        "<cac:AdditionalDocumentReference><cbc:ID>A</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject"
        ' mimeCode="application/pdf" filename="a.pdf">{}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>'
        "</cac:AdditionalDocumentReference><cac:AccountingSupplierParty>"
    )
    small, large = (
        invoice.replace("<cac:AccountingSupplierParty>", attached.format(content), 1).encode()
        for content in ("QUJD", ("\n" + "QUJD" * 19) * 160_000)
    )
    assert len(large) > 12_000_000
    assert formats.read(large) == formats.read(small)
    broken = formats.read(large.replace(b"</cac:LegalMonetaryTotal>", b""))
    assert int(broken.remarks[0].params["line"]) > 160_000


def test_a_document_too_long_for_the_rules_is_read_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(en16931, "MAX_ELEMENTS", 50)
    assert remarks({">2213.40</ram:Due": ">2213.00</ram:Due"}).keys() == {"rules_not_run", "payable_arithmetic"}
    # The schema takes no time: whoever fills a document up is found out.
    assert remarks({"</rsm:ExchangedDocument>": "<ram:X/></rsm:ExchangedDocument>"})["schema_invalid"]


def test_rules_are_run_by_several_threads() -> None:
    found: list[bool] = []

    def read() -> None:
        broken = cii({">2213.40</ram:Due": ">2213.00</ram:Due"}).encode()
        found.append(any(remark.rule == "BR-CO-16" for remark in formats.read(broken).all_remarks))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4


@pytest.mark.parametrize(
    ("identifier", "name", "claims", "extends"),
    [
        (None, "", False, False),
        (CORE, "EN 16931", True, False),
        ("urn:factur-x.eu:1p0:minimum", "Factur-X MINIMUM", True, False),
        ("urn:zugferd.de:2p0:basicwl", "ZUGFeRD 2.0 BASIC WL", True, False),
        (f"{CORE}#conformant#urn:factur-x.eu:1p0:extended", "Factur-X EXTENDED", True, True),
        ("urn:ferd:CrossIndustryDocument:invoice:1p0:comfort", "ZUGFeRD 1.0 COMFORT", False, False),
        ("urn:order-x.eu:1p0:extended", "Order-X EXTENDED", False, True),
        (f"{CORE}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", "Peppol BIS Billing 3.0", True, False),
        (EXTENSION, "XRechnung 3.0", True, True),
        (f"{CORE}#compliant#urn:unheard-of", "EN 16931", True, False),
        ("urn:fdc:peppol.eu:poacc:trns:order:3", "", False, False),
    ],
)
def test_profiles(identifier: str | None, name: str, claims: bool, extends: bool) -> None:
    profile = profile_of(identifier)
    assert (profile.name, profile.claims_en16931, profile.extends) == (name, claims, extends)


def test_the_sample_is_valid() -> None:
    assert validators.failures_of(etree.fromstring(CII.encode()), validators.FACTURX_SHEETS["EN 16931"]) == ()


def goods_tax(usage: str) -> bytes:
    """An invoice under a goods and services tax, as Singapore's and Australia's are."""
    plain = files()["05-invoice.xml"].decode()
    claim = f"<cbc:CustomizationID>{CORE}{usage}</cbc:CustomizationID>"
    start, end = plain.index("<cbc:CustomizationID>") if "<cbc:CustomizationID>" in plain else -1, 0
    if start >= 0:
        end = plain.index("</cbc:CustomizationID>") + len("</cbc:CustomizationID>")
        plain = plain[:start] + claim + plain[end:]
    else:
        plain = plain.replace("<cbc:ID>", claim + "<cbc:ID>", 1)
    return plain.replace("<cbc:ID>VAT</cbc:ID>", "<cbc:ID>GST</cbc:ID>").encode()


def test_an_extension_under_another_tax_is_not_held_to_the_rules_on_vat() -> None:
    on_vat = {"BR-47", "BR-48", "BR-CO-04"}
    extended = formats.read(goods_tax("#conformant#urn:fdc:peppol.eu:2017:poacc:billing:international:sg:3.0"))
    found = {remark.rule: remark.level for remark in extended.all_remarks}
    assert {found[rule] for rule in on_vat} == {Level.NOTICE}
    narrower = formats.read(goods_tax("#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"))
    assert on_vat <= {remark.rule for remark in narrower.all_remarks if remark.level is Level.REFUSED}
