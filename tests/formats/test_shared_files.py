"""Every published file: read, kept as an attachment, or refused by name; none crashes."""

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from abs_platform.integrations import formats
from abs_platform.integrations.formats.fields import NAMESPACES
from abs_platform.integrations.formats.model import from_json, to_json
from abs_platform.integrations.formats.ubl import KINDS
from tests.shared_data import shared

FOLDERS = (
    "oasis_2.0_chain",
    "oasis_2.1",
    "en16931_examples_cii",
    "en16931_examples_ubl",
    "simplerinvoicing_ok_and_error",
    "xrechnung_testsuite",
)


def files(folder: str) -> list[Path]:
    return sorted(path for path in (shared("01_ubl") / folder).rglob("*") if path.suffix.lower() == ".xml")


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_document_of_our_kinds_is_read(folder: str) -> None:
    for path in files(folder):
        root = str(etree.parse(path).getroot().tag)
        kind = KINDS.get(root, "reminder" if root.endswith("}Reminder") else "invoice")
        data = path.read_bytes()
        if b"<cbc:InvoiceTypeCode>381<" in data:  # an error in the Netherlands, a credit note everywhere
            kind = "credit_note"
        extracted = formats.read(data).document
        assert extracted is not None, path.name
        assert extracted.kind == kind, path.name
        assert from_json(to_json(extracted)) == extracted, path.name
        assert formats.business_key(extracted)
        assert formats.content_key(extracted)


def test_sets_of_fragments_are_attachments() -> None:
    assert {formats.parse(path.read_bytes()) for path in files("rule_units")} == {None}


def test_fragments_of_invoices_are_read_or_refused_by_code() -> None:
    """The fragments carry next to nothing; each is tried as it is and with a number, so that the rest of it is looked at."""
    outcomes: Counter[str] = Counter()
    for path in files("rule_units"):
        for element in etree.parse(path).getroot().iter():
            if element.tag in KINDS:
                for numbered in (False, True):
                    if numbered:
                        number = etree.Element(f"{{{NAMESPACES['cbc']}}}ID")
                        number.text = "1"
                        element.insert(0, number)
                    try:
                        assert formats.parse(etree.tostring(element)) is not None
                        outcomes["read"] += 1
                    except formats.Refused as refusal:
                        outcomes[refusal.code] += 1
    assert outcomes["read"] > 200
    assert set(outcomes) <= {"read", "number_missing", "decimal_invalid", "date_invalid", "currency_invalid"}


def test_the_same_number_with_other_content_is_told_apart() -> None:
    """OASIS published an invoice and a credit note of one number, and two orders of one number with other amounts."""
    first = formats.parse((shared("01_ubl/oasis_2.0_chain") / "UBL-Order-2.0-Example.xml").read_bytes())
    second = formats.parse((shared("01_ubl/oasis_2.1") / "UBL-Order-2.0-Example-International.xml").read_bytes())
    assert first is not None
    assert second is not None
    assert first.number == second.number
    assert formats.business_key(first) != formats.business_key(second)
    assert formats.content_key(first) != formats.content_key(second)


def test_other_files_are_attachments() -> None:
    for path in sorted(shared("03_cn_einvoice").rglob("*"))[:40]:
        if path.is_file() and path.suffix.lower() in (".csv", ".md"):
            assert formats.parse(path.read_bytes()) is None, path.name
