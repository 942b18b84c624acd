"""A trade's page: what of each invoice is credited, paid and open, as documents say that arrive."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from abs_platform.config.demo import cast
from abs_platform.config.sample.make import Company
from tests.browser.conftest import DESK, PHONE, SignIn
from tests.browser.rows import open_row
from tests.browser.test_pages import AXE, SETTLING, _faults

pytestmark = pytest.mark.browser

ORDER, INVOICE = "LY-PO-2026-0409", "26332000000004090007"
UBL = "urn:oasis:names:specification:ubl:schema:xsd"


def party(role: str, company: Company) -> str:
    return f"""<cac:{role}><cac:Party>
    <cac:PartyName><cbc:Name>{company.name}</cbc:Name></cac:PartyName>
    <cac:PartyLegalEntity><cbc:RegistrationName>{company.name}</cbc:RegistrationName><cbc:CompanyID schemeID="USCC">{company.credit_code}</cbc:CompanyID></cac:PartyLegalEntity>
  </cac:Party></cac:{role}>"""


ADVICE = f"""<RemittanceAdvice xmlns="{UBL}:RemittanceAdvice-2" xmlns:cac="{UBL}:CommonAggregateComponents-2" xmlns:cbc="{UBL}:CommonBasicComponents-2">
  <cbc:ID>FK-2026-0409-岚岳智能装备第一批</cbc:ID>
  <cbc:IssueDate>2026-11-20</cbc:IssueDate>
  <cbc:DocumentCurrencyCode>CNY</cbc:DocumentCurrencyCode>
  <cbc:TotalPaymentAmount currencyID="CNY">10000.00</cbc:TotalPaymentAmount>
{party("AccountingCustomerParty", cast.GROUP)}
{party("AccountingSupplierParty", cast.CASTINGS)}
  <cac:RemittanceAdviceLine>
    <cbc:ID>1</cbc:ID>
    <cbc:DebitLineAmount currencyID="CNY">10000.00</cbc:DebitLineAmount>
    <cac:BillingReference>
      <cac:InvoiceDocumentReference><cbc:ID>{INVOICE}</cbc:ID></cac:InvoiceDocumentReference>
      <cac:BillingReferenceLine><cbc:ID>1</cbc:ID></cac:BillingReferenceLine>
    </cac:BillingReference>
  </cac:RemittanceAdviceLine>
</RemittanceAdvice>"""


def test_a_payment_that_is_told_shows_on_the_invoice_that_it_names(
    visit: SignIn, picture: Callable[[Page, str], None]
) -> None:
    upload = visit("supplier2", "/documents")
    upload.get_by_test_id("upload-input").set_input_files(
        [{"name": "付款通知.xml", "mimeType": "application/xml", "buffer": ADVICE.encode()}]
    )
    expect(upload.get_by_test_id("document-row").filter(has_text="付款通知.xml").first).to_be_visible()

    page = visit("supplier2", f"/trades?search={ORDER}", language="en-GB")
    open_row(page.get_by_test_id("trade-row").first)
    row = page.get_by_test_id("trade-invoice").filter(has_text=INVOICE)
    expect(row).to_contain_text("10,000.00")
    expect(page.get_by_test_id("clearing")).to_have_count(2)
    expect(page.get_by_test_id("clearing").filter(has_text="FK-2026-0409")).to_contain_text("10,000.00")
    expect(page.get_by_test_id("cleared-beyond")).to_have_count(0)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.get_by_test_id("trade-invoices").scroll_into_view_if_needed()
        page.wait_for_timeout(SETTLING)
        picture(page, f"trade-invoices-{size['width']}")
        assert not _faults(page, size["width"])
