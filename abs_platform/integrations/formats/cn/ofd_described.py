"""What OFD.xml says of the invoice within it: the issuers' named values (CustomData).

Source: GB/T 33190-2016, 7.4 (CT_DocInfo, CustomDatas); the names are those of the tax authorities' platforms.
"""

from abs_platform.integrations.formats.cn.printed import READ_FROM_PRINT
from abs_platform.integrations.formats.cn.stated import Stated, StatedParty, assembled
from abs_platform.integrations.formats.cn.values import Element, children, own_text
from abs_platform.integrations.formats.fields import MAX_TEXT
from abs_platform.integrations.formats.model import Extracted
from abs_platform.integrations.formats.refusal import Refused

MAX_VALUES = 200


def described(body: Element) -> Extracted | None:
    """The invoice by the values named in a DocBody; None where number, date and total are not all there."""
    info = [data for each in children(body, "DocInfo") for data in children(each, "CustomDatas")]
    named = [each for data in info for each in children(data, "CustomData")][:MAX_VALUES]
    try:
        said = {"".join((each.get("Name") or "").split()): own_text(each, MAX_TEXT) for each in named}
        if not (said.get("发票号码") and said.get("开票日期") and said.get("价税合计")):
            return None
        return assembled(_stated(said))
    except Refused:
        # It is a description beside the document, and decides nothing.
        return None


def _stated(said: dict[str, str]) -> Stated:
    def party(role: str) -> StatedParty:
        tax_id = said.get(f"{role}纳税人识别号") or said.get(f"{role}统一社会信用代码/纳税人识别号", "")
        return StatedParty(said.get(f"{role}名称", ""), tax_id)

    return Stated(
        syntax="OFD description",
        code=said.get("发票代码", ""),
        number=said["发票号码"],
        check_code=said.get("校验码", "").replace(" ", ""),
        date=said["开票日期"],
        buyer=party("购买方"),
        seller=party("销售方"),
        net=said.get("合计金额", ""),
        tax=said.get("合计税额", ""),
        total=said["价税合计"],
        red=said.get("开票类型", "") == "红字发票",
        remarks=(READ_FROM_PRINT,),
    )
