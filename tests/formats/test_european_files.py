"""Every published European file and what becomes of it: accepted, looked at or refused, and for which rule."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from abs_platform.integrations import formats
from abs_platform.integrations.formats import validators
from abs_platform.integrations.formats.model import Extracted, Level
from abs_platform.integrations.formats.reading import Verdict
from tests.shared_data import shared

FOLDERS = (
    "01_ubl/en16931_examples_cii",
    "01_ubl/en16931_examples_ubl",
    "01_ubl/xrechnung_testsuite",
    "01_ubl/simplerinvoicing_ok_and_error",
    "02_facturx/akretion_xml",
    "02_facturx/broken_or_edge",
    "02_facturx/fail",
    "02_facturx/triplets_pdf_cii_ubl",
    "02_facturx/valid_profiles",
)
# Whatever is not listed is accepted. By name, the gravest level and the rules of that level.
REFUSED, ATTENTION = Level.REFUSED, Level.ATTENTION
EXPECTED: dict[str, tuple[Level, set[str]]] = {
    # The standard's own examples, whose price times quantity is not their line amount (no rule of EN 16931 asks).
    "guide-example2.xml": (ATTENTION, {"line_arithmetic"}),
    "guide-example3.xml": (ATTENTION, {"line_arithmetic"}),
    "ubl-tc434-example2.xml": (ATTENTION, {"line_arithmetic"}),
    "ubl-tc434-example3.xml": (ATTENTION, {"line_arithmetic"}),
    # Both sides have one number.
    "PB3_NL-R-001_CreditNote_error.xml": (ATTENTION, {"parties_same"}),
    # Named after a Dutch rule, which is not ours to check, and breaking one of the standard's besides.
    "NLCIUS-CII_error_BR-NL-10.xml": (ATTENTION, {"schema_invalid", "line_arithmetic"}),
    "SI-UBL-2.0_BR-NL-12_error.xml": (REFUSED, {"UBL-SR-47"}),
    "SI-UBL-2.0_BR-NL-7_error_381_invoice.xml": (REFUSED, {"BR-CL-01"}),
    "SI-UBL-2.0_BR-NL-8_error_381.xml": (REFUSED, {"BR-CL-01"}),
    "SI-UBL-2.0_UBL-SR-11_error_multiple_legalentity_companyid.xml": (REFUSED, {"UBL-SR-11"}),
    "SI-UBL-2.0_UBL-SR-17_error_multiple_legalentity_companyid.xml": (REFUSED, {"UBL-SR-17"}),
    "XMLinvalidV2PDF.pdf": (REFUSED, {"schema_invalid"}),
    "corruptedV2PDF.pdf": (REFUSED, {"pdf_broken"}),
    "invalidArithmetics.xml": (ATTENTION, {"line_arithmetic"}),
    "invalidXRV30_BR-DEC-23.xml": (REFUSED, {"BR-DEC-23"}),
    "Facture_UE_BASIC.pdf": (REFUSED, {"BR-IC-11", "BR-IC-12"}),
    "MustangGnuaccountingBeispielRE-20171118_506.pdf": (REFUSED, {"schema_invalid"}),
    "MustangGnuaccountingBeispielRE-20190610_507b.pdf": (ATTENTION, {"schema_invalid", "BR-CL-11"}),
    "MustangRE-20171118_506_ZUGFeRD1and2.pdf": (REFUSED, {"schema_invalid"}),
    # A PDF without anything inside.
    "veraPDFtestsuite6-7-11-t01-fail-a.pdf": (ATTENTION, {"no_structured_data"}),
    "noNetPriceValidation.xml": (ATTENTION, {"line_arithmetic"}),
}
VERDICTS = {Verdict.REFUSED: REFUSED, Verdict.ATTENTION: ATTENTION, Verdict.ACCEPTED: Level.NOTICE}


def paths(folder: str) -> list[Path]:
    return sorted(path for path in shared(folder).iterdir() if path.suffix.lower() in (".xml", ".pdf"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_has_its_verdict_and_reasons(folder: str) -> None:
    for path in paths(folder):
        reading = formats.read(path.read_bytes())
        level, rules = EXPECTED.get(path.name, (Level.NOTICE, None))
        found = {remark.rule for remark in reading.all_remarks if remark.level is level}
        assert VERDICTS[reading.verdict] is level, (path.name, reading.all_remarks)
        assert rules is None or found == rules, path.name
        # What is refused for a rule still shows its fields.
        assert reading.document is not None or path.name in (
            "corruptedV2PDF.pdf",
            "veraPDFtestsuite6-7-11-t01-fail-a.pdf",
        )


def test_profiles_are_named_as_their_users_call_them() -> None:
    folder = shared("02_facturx/valid_profiles")
    assert {path.name: formats.read(path.read_bytes()).format for path in sorted(folder.iterdir())} == {
        "Facture_FR_BASICWL.pdf": "Factur-X BASIC WL",
        "Facture_FR_MINIMUM.pdf": "Factur-X MINIMUM",
        "invoice_EN16931.pdf": "Factur-X EN 16931",
        "zugferd_2p0_BASIC_Einfach.pdf": "ZUGFeRD 2.0 BASIC",
        "zugferd_2p0_EXTENDED_Warenrechnung.pdf": "ZUGFeRD 2.0 EXTENDED",
    }


TRIPLETS = ("EN16931_1_Teilrechnung", "EN16931_Einfach", "EN16931_Gutschrift", "EN16931_Rabatte")


def document(path: Path) -> Extracted:
    found = formats.read(path.read_bytes()).document
    assert found is not None
    return found


@pytest.mark.parametrize("name", TRIPLETS)
def test_an_invoice_is_one_invoice_in_every_carrier(name: str) -> None:
    """Every field that is read agrees; none had to be left out of the comparison."""
    folder = shared("02_facturx/triplets_pdf_cii_ubl")
    pdf, cii, ubl = (document(folder / f"{name}.{ending}") for ending in ("pdf", "cii.xml", "ubl.xml"))
    assert formats.business_key(pdf) == formats.business_key(cii) == formats.business_key(ubl)
    assert formats.content_key(pdf) == formats.content_key(cii) == formats.content_key(ubl)


def test_one_number_with_other_content_is_another_invoice() -> None:
    folder = shared("02_facturx/triplets_pdf_cii_ubl")
    found = [document(folder / f"{name}.cii.xml") for name in TRIPLETS]
    assert {each.number for each in found} == {"471102"}
    assert len({formats.business_key(each) for each in found}) == len(TRIPLETS)
    assert len({formats.content_key(each) for each in found}) == len(TRIPLETS)


def fragments() -> Iterator[tuple[str, str, bool, etree._Element]]:
    """(name, rule, whether it is broken, document) of every published fragment."""
    root = shared("01_ubl/rule_units")
    rows = defaultdict(list)
    with (root / "INDEX.csv").open() as file:
        for row in csv.DictReader(file):
            rows[root / row["set"] / row["file"]].append(row)
    for path, of_file in sorted(rows.items()):
        if not path.exists():
            continue
        tests = list(etree.parse(path).getroot().iter("{*}test"))
        for row in of_file:
            found = next(tests[int(row["case_no"]) - 1].iterchildren("{*}Invoice", "{*}CreditNote"))
            broken = row["expected"] != "success"
            yield f"{path.stem} {row['case_no']}", row["rule"], broken, etree.fromstring(etree.tostring(found))


def test_every_fragment_breaks_its_rule_or_keeps_it() -> None:
    count = 0
    for name, rule, is_broken, root in fragments():
        failures = {failure.rule for failure in validators.failures_of(root, validators.UBL_SHEET)}
        assert (rule in failures) is is_broken, name
        count += 1
    assert count > 500
