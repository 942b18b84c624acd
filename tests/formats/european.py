"""An invoice in CII that follows EN 16931, and PDFs around it, for tests to change."""

from io import BytesIO

from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID>
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>RE-7</ram:ID><ram:TypeCode>380</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20261102</udt:DateTimeString></ram:IssueDateTime>
<ram:IncludedNote><ram:Content>Free of charge</ram:Content><ram:SubjectCode>AAI</ram:SubjectCode></ram:IncludedNote>
</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
<ram:IncludedSupplyChainTradeLineItem>
<ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>
<ram:SpecifiedTradeProduct><ram:SellerAssignedID>B-6204</ram:SellerAssignedID><ram:Name>Bearing</ram:Name></ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement><ram:BuyerOrderReferencedDocument><ram:LineID>3</ram:LineID></ram:BuyerOrderReferencedDocument>
<ram:NetPriceProductTradePrice><ram:ChargeAmount>18.60</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">100</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>19</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>1860.00</ram:LineTotalAmount>
</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
</ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement>
<ram:SellerTradeParty><ram:ID>S-1</ram:ID><ram:Name>Seller GmbH</ram:Name>
<ram:SpecifiedLegalOrganization><ram:ID>HRB 12345</ram:ID></ram:SpecifiedLegalOrganization>
<ram:PostalTradeAddress><ram:PostcodeCode>80333</ram:PostcodeCode><ram:CityName>Munich</ram:CityName><ram:CountryID>DE</ram:CountryID>
</ram:PostalTradeAddress><ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE123456789</ram:ID></ram:SpecifiedTaxRegistration>
</ram:SellerTradeParty>
<ram:BuyerTradeParty><ram:Name>Buyer AG</ram:Name><ram:PostalTradeAddress><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress>
</ram:BuyerTradeParty>
<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>PO-1</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>
</ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery>
<ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime><udt:DateTimeString format="102">20261030</udt:DateTimeString>
</ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent>
<ram:DespatchAdviceReferencedDocument><ram:IssuerAssignedID>D-1</ram:IssuerAssignedID></ram:DespatchAdviceReferencedDocument>
</ram:ApplicableHeaderTradeDelivery>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
<ram:ApplicableTradeTax><ram:CalculatedAmount>353.40</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>
<ram:BasisAmount>1860.00</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>19</ram:RateApplicablePercent>
</ram:ApplicableTradeTax>
<ram:SpecifiedTradePaymentTerms><ram:Description>60 days</ram:Description><ram:DueDateDateTime>
<udt:DateTimeString format="102">20270101</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>1860.00</ram:LineTotalAmount>
<ram:TaxBasisTotalAmount>1860.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">353.40</ram:TaxTotalAmount>
<ram:GrandTotalAmount>2213.40</ram:GrandTotalAmount><ram:DuePayableAmount>2213.40</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""
# What ZUGFeRD 1.0 and Order-X call otherwise.
AS_ZUGFERD_1 = {
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100": "urn:ferd:CrossIndustryDocument:invoice:1p0",
    "CrossIndustryInvoice": "CrossIndustryDocument",
    "InformationEntity:100": "InformationEntity:12",
    "UnqualifiedDataType:100": "UnqualifiedDataType:15",
    "urn:cen.eu:en16931:2017": "urn:ferd:CrossIndustryDocument:invoice:1p0:comfort",
    "rsm:ExchangedDocumentContext": "rsm:SpecifiedExchangedDocumentContext",
    "rsm:ExchangedDocument>": "rsm:HeaderExchangedDocument>",
    "rsm:SupplyChainTradeTransaction": "rsm:SpecifiedSupplyChainTradeTransaction",
    "ApplicableHeaderTrade": "ApplicableSupplyChainTrade",
    "SpecifiedLineTrade": "SpecifiedSupplyChainTrade",
    "SpecifiedTradeSettlementHeaderMonetarySummation": "SpecifiedTradeSettlementMonetarySummation",
    "SpecifiedTradeSettlementLineMonetarySummation": "SpecifiedTradeSettlementMonetarySummation",
    "RateApplicablePercent": "ApplicablePercent",
}
AS_ORDER_X = {
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100": "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100",
    "rsm:CrossIndustryInvoice": "rsm:SCRDMCCBDACIOMessageStructure",
    "InformationEntity:100": "InformationEntity:128",
    "UnqualifiedDataType:100": "UnqualifiedDataType:128",
    "urn:cen.eu:en16931:2017": "urn:order-x.eu:1p0:comfort",
    "InvoiceCurrencyCode": "OrderCurrencyCode",
    "BilledQuantity": "RequestedQuantity",
    ">380<": ">220<",
}


def cii(changes: dict[str, str] | None = None) -> str:
    """The invoice with each text replaced wherever it stands; a text that is not there is a mistake of the test."""
    text = CII
    for old, new in (changes or {}).items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def pdf(files: dict[str, bytes], *, password: str = "", owner: str = "", script: str = "") -> bytes:
    """A PDF of one empty page with these files embedded."""
    writer = PdfWriter()
    writer.add_blank_page(width=72, height=72)
    for name, data in files.items():
        writer.add_attachment(name, data)
    if script:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(script)}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if password or owner:
        writer.encrypt(password, owner or None, algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
