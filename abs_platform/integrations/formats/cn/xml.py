"""Chinese invoices as XML files: 数电票 XML, the legacy e-invoice, XBRL instances; alone, signed, or several in one file."""

from lxml import etree

from abs_platform.integrations.formats.cn.stated import assembled
from abs_platform.integrations.formats.cn.trees import LEGACY, SHUDIAN, invoices_in, read_tree
from abs_platform.integrations.formats.cn.values import Element, local
from abs_platform.integrations.formats.cn.xbrl import INSTANCE
from abs_platform.integrations.formats.model import Extracted, Level, Remark
from abs_platform.integrations.formats.reading import Member, Reading
from abs_platform.integrations.formats.source import Source

MEDIA_TYPE = "application/xml"
SIGNATURES = ("Signature", "TaxBureauSignature", "SignatureValue")


class ChineseXml:
    """数电票 XML of any version, the eInvoice of legacy OFD files, and the XBRL of 电子凭证会计数据标准."""

    # No namespace, or whichever the issuer chose: the elements within decide.
    roots = frozenset({SHUDIAN, LEGACY, "{http://www.edrm.org.cn/schema/e-invoice/2019}" + LEGACY, INSTANCE})

    def read(self, source: Source) -> Reading | None:
        if source.root is None:
            return None
        found = invoices_in(source.root)
        if len(found) > 1:
            files = (
                Member(f"{n}.xml", etree.tostring(each, encoding="utf-8")) for n, each in enumerate(found, start=1)
            )
            return Reading("XML", MEDIA_TYPE, members=tuple(files))
        document = document_of(found[0]) if found else None
        if document is None:
            return None
        remarks = (SIGNED,) if is_signed(source.root) else ()
        return Reading(f"{document.syntax} {document.version or ''}".strip(), MEDIA_TYPE, document, remarks=remarks)


SIGNED = Remark(
    "signature_not_verified",
    "The file carries an electronic signature or seal, which was not verified here.",
    level=Level.NOTICE,
)


def document_of(root: Element) -> Extracted | None:
    """The invoice that the element is; None where it is none. Raises Refused."""
    stated = read_tree(root)
    return assembled(stated) if stated else None


def is_signed(root: Element) -> bool:
    """Whether there is a signature with a value anywhere in the tree."""
    return any(
        local(each) in SIGNATURES and (len(each) or (each.text or "").strip())
        for name in SIGNATURES
        for each in root.iter("{*}" + name)
    )
