"""PDF as a carrier of Chinese invoices: data or an OFD embedded, else the print. Other PDFs are kept for entry by hand.

Source: 国家税务总局公告2024年第11号 (数电票 as XML, OFD, PDF); 《电子凭证会计数据标准》 (XBRL embedded in PDF).
"""

from collections.abc import Iterator
from dataclasses import replace

from abs_platform.integrations.formats import xml_reading
from abs_platform.integrations.formats.archives import is_archive
from abs_platform.integrations.formats.cn.ofd import Ofd
from abs_platform.integrations.formats.cn.pdf_text import rows_in
from abs_platform.integrations.formats.cn.printed import invoice_in_print, seen
from abs_platform.integrations.formats.cn.views import best_of, compared, no_data
from abs_platform.integrations.formats.cn.xml import SIGNED, document_of
from abs_platform.integrations.formats.model import Extracted, Level, Remark
from abs_platform.integrations.formats.pdf_attachments import Attachments, attachments_of, is_pdf
from abs_platform.integrations.formats.reading import Reading
from abs_platform.integrations.formats.source import Source

MEDIA_TYPE = "application/pdf"
ACTIVE = Remark(
    "pdf_active",
    "The PDF asks viewers to run a script or a program when it is opened. Nothing was run.",
    level=Level.ATTENTION,
)


class ChinesePdf:
    """Every PDF that no format before it took."""

    roots = frozenset[str]()

    def read(self, source: Source) -> Reading | None:
        if not is_pdf(source.data):
            return None
        attachments = attachments_of(source.data)
        is_active = attachments is not None and attachments.is_active
        remarks = tuple(
            remark for remark, holds in ((SIGNED, b"/ByteRange" in source.data), (ACTIVE, is_active)) if holds
        )
        rows = rows_in(source.data)
        embedded = list(_embedded(attachments)) if attachments else []
        document = best_of(embedded) or invoice_in_print(rows, "PDF print")
        if document is None:
            return Reading("PDF", MEDIA_TYPE, remarks=(no_data(), *remarks))
        others = tuple(each for each in embedded if each is not document)
        document = replace(document, remarks=(*document.remarks, *compared(document, seen(rows), others)))
        name = f"PDF + {document.syntax}" if embedded else document.syntax
        return Reading(name, MEDIA_TYPE, document, remarks=remarks)


def _embedded(attachments: Attachments) -> Iterator[Extracted]:
    """Invoices in embedded files, whatever these are called. Raises Refused where one must not be taken."""
    for each in attachments.files:
        if each.data is None:
            continue
        if is_archive(each.data):
            reading = Ofd().read(Source(each.data))
            document = reading.document if reading else None
        else:
            root = xml_reading.read(each.data, frozenset())
            document = document_of(root) if root is not None else None
        if document is not None:
            yield document
