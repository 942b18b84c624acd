"""An invoice by what is printed on it: values by the labels of the form.

Sources: the forms of 国家税务总局公告2024年第11号 annex 1 (数电票) and of 国家税务总局公告2015年第84号 (增值税电子普通发票).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from abs_platform.integrations.formats.cn import values
from abs_platform.integrations.formats.cn.rows import Cell, Row
from abs_platform.integrations.formats.cn.stated import ORIGINAL_IN_NOTE, Stated, StatedLine, StatedParty, assembled
from abs_platform.integrations.formats.model import Extracted, Level, Remark
from abs_platform.integrations.formats.refusal import Refused

FIGURE = r"-?[0-9][0-9,]*\.[0-9]{2}"
NUMBER = re.compile(r"发\s*票\s*号\s*码\s*:?\s*((?:[0-9][ \t]?){20}|(?:[0-9][ \t]?){8})(?![0-9])")
CODE = re.compile(r"发\s*票\s*代\s*码\s*:?\s*([0-9]{12}|[0-9]{10})(?![0-9])")
CHECK_CODE = re.compile(r"校\s*验\s*码\s*:?\s*((?:[0-9][ \t]?){20})")
DATE = re.compile(r"开\s*票\s*日\s*期\s*:?\s*([0-9]{4}\s*年\s*[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*日)")
TOTAL = re.compile(rf"小\s*写\s*\)?\s*:?\s*(-?)\s*¥?\s*({FIGURE})")
WORDS = re.compile(r"大\s*写\s*\)?\s*:?\s*([^\n]*?)\s*(?=\(?\s*小\s*写|\n|$)")
SUMS = re.compile(rf"(?<!税)合\s*计\s*(-?)\s*¥?\s*({FIGURE})\s*(-?)\s*¥?\s*({FIGURE}|\*+)")
NAME = re.compile(r"名\s*称\s*:[\s]*([^\t]*)")
TAX_ID = re.compile(r"识\s*别\s*号\s*:\s*([0-9A-Z]{15,20})?")
BANK = re.compile(r"(?:开户行及账号|银行账号)\s*:\s*([^\t]*)")
# The note of a 数电票 has them where the issuer asked for it.
SELLER_ACCOUNT = re.compile(r"销售?方.{0,60}?账号\s*:\s*([0-9]{5,40})")
# What begins another label where a value is left open.
LABEL = re.compile(r"名\s*称\s*:|统一社会|纳税人|地\s*址|销\s*售?\s*方|购\s*买?\s*方|密\s*码\s*区|^[购买销售方信息]$")
# Further tables of special businesses, below the lines.
OTHER_TABLE = re.compile(r"出行人|运输工具|起运地|车牌号|建筑服务发生地|不动产单元|产权证书|特定业务")
HEAD = re.compile(r"金\s*额.*税\s*率.*税\s*额")
ITEM = re.compile(
    rf"^(?P<head>.*?)\s+(?P<amount>{FIGURE})\s+(?P<rate>[0-9.]+%|免税|不征税|出口零税率|普通零税率|\*+)\s+(?P<tax>{FIGURE}|\*+)$"
)
# Of the number of a legacy invoice; its code stands apart.
LEGACY_DIGITS = 8
LEGACY_BANKS = 2
COUNT = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?")
COLUMNS = {
    "position": "序号",
    "name": "名称",
    "specification": "规格",
    "unit": "单位",
    "quantity": "数量",
    "price": "单价",
}
NOT_ITEMS = re.compile(r"小\s*计|合\s*计|^共|第\s*\d+\s*页|备\s*注")

READ_FROM_PRINT = Remark(
    "read_from_print",
    "The values were read from the print on the page. Please compare them with the original.",
    level=Level.ATTENTION,
)
LINES_NOT_READ = Remark("lines_not_read", "The lines could not be read reliably from the print and were left out.")


@dataclass(frozen=True, slots=True)
class Print:
    """The few things that tell an invoice, where the page shows them."""

    number: str = ""
    date: str = ""
    total: str = ""


def seen(rows: Sequence[Row]) -> Print:
    """What the page shows of code and number, date and total."""
    text = "\n".join(row.text for row in rows)
    code, date, total = CODE.search(text), DATE.search(text), TOTAL.search(text)
    number = _number(text)
    return Print(
        number=code[1] + number if code and len(number) == LEGACY_DIGITS else number,
        date=date[1] if date else "",
        total=total[1] + total[2] if total else "",
    )


def invoice_in_print(rows: Sequence[Row], syntax: str) -> Extracted | None:
    """The invoice on the page; None where number, date and total are not all there. Raises Refused."""
    what = seen(rows)
    if not (what.number and what.date and what.total):
        return None
    text = "\n".join(row.text for row in rows)
    words, sums, check = WORDS.search(text), SUMS.search(text), CHECK_CODE.search(text)
    parties = _parties(rows)
    is_legacy = len(_number(text)) == LEGACY_DIGITS
    stated = Stated(
        syntax=syntax,
        code=what.number[:-LEGACY_DIGITS] if is_legacy else "",
        number=what.number[-LEGACY_DIGITS:] if is_legacy else what.number,
        check_code=re.sub(r"\s", "", check[1]) if check and is_legacy else "",
        date=what.date,
        buyer=parties[0],
        seller=parties[1],
        net=sums[1] + sums[2] if sums else "",
        tax=sums[3] + sums[4] if sums else "",
        total=what.total,
        words=re.sub(r"\s", "", words[1]) if words else "",
        lines=_lines(rows),
        originals=tuple(
            dict.fromkeys("".join(found.groups()) for pattern in ORIGINAL_IN_NOTE for found in pattern.finditer(text))
        ),
        margin_taxed="差额征税" in text,
        remarks=(READ_FROM_PRINT,),
    )
    return assembled(_without_doubtful_lines(stated))


def _number(text: str) -> str:
    found = NUMBER.search(text)
    return re.sub(r"\s", "", found[1]) if found else ""


def _parties(rows: Sequence[Row]) -> tuple[StatedParty, StatedParty]:
    """Buyer and seller: on every form the buyer stands left of the seller or above it."""
    names = [_value(found) for row in rows for found in NAME.findall(row.text)]
    tax_ids = [found for row in rows for found in TAX_ID.findall(row.text)]
    banks = [_value(found) for row in rows for found in BANK.findall(row.text)]
    buyer, seller = (
        StatedParty(*(found[at] if at < len(found) else "" for found in (names, tax_ids))) for at in (0, 1)
    )
    in_note = SELLER_ACCOUNT.search("\n".join(row.text for row in rows))
    account = in_note[1] if in_note else values.account(banks[1]) if len(banks) == LEGACY_BANKS else None
    return buyer, replace(seller, account=account or "")


def _value(found: str) -> str:
    label = LABEL.search(found)
    return (found[: label.start()] if label else found).strip()


def _lines(rows: Sequence[Row]) -> tuple[StatedLine, ...]:
    lines: list[StatedLine] = []
    columns: dict[str, Cell] = {}
    for row in rows:
        if HEAD.search(row.text):
            columns = _columns(row)
        elif SUMS.search(row.text) or OTHER_TABLE.search(row.text) or "价税合计" in row.text.replace("\t", ""):
            columns = {}
        elif columns and (match := ITEM.match(row.text)):
            lines.append(_line(row, match, columns))
        elif columns and lines and not NOT_ITEMS.search(row.text):
            lines[-1] = _continued(lines[-1], row, columns)
    return tuple(lines)


def _columns(head: Row) -> dict[str, Cell]:
    """Where each column's title stands; titles written wide (单 位) are cells of one character."""
    found: dict[str, Cell] = {}
    for name, title in COLUMNS.items():
        for at, cell in enumerate(head.cells):
            beside = head.cells[at + 1] if at + 1 < len(head.cells) else None
            if title in cell.text.replace(" ", ""):
                found.setdefault(name, cell)
            elif beside and cell.text + beside.text == title:
                found.setdefault(name, Cell(cell.left, beside.right, title))
    return found


def _line(row: Row, match: re.Match[str], columns: dict[str, Cell]) -> StatedLine:
    parts: dict[str, str] = {}
    at = 0
    for cell in row.cells:
        at += len(cell.text) + 1
        if at > len(match["head"]) + 1:
            break
        is_position = "position" in columns and cell is row.cells[0] and cell.text.isdecimal()
        if not is_position:
            name = _column(cell, columns) if parts else "name"
            parts[name] = parts.get(name, "") + cell.text
    return StatedLine(amount=match["amount"], rate=match["rate"], tax=match["tax"], **parts)


def _column(cell: Cell, columns: dict[str, Cell]) -> str:
    """The column whose title is nearest: figures stand right in theirs, words anywhere."""
    is_figure = COUNT.fullmatch(cell.text) is not None
    open_to = {
        name: title
        for name, title in columns.items()
        if name != "position" and (is_figure or name not in ("quantity", "price"))
    }
    return min(open_to, key=lambda name: abs(open_to[name].middle - cell.middle), default="name")


def _continued(line: StatedLine, row: Row, columns: dict[str, Cell]) -> StatedLine:
    """A name or specification that goes on in the next row."""
    name, specification = line.name, line.specification
    for cell in row.cells:
        if _column(cell, columns) == "specification":
            specification += cell.text
        elif _column(cell, columns) == "name":
            name += cell.text
    return replace(line, name=name, specification=specification)


def _without_doubtful_lines(stated: Stated) -> Stated:
    """Lines that do not make the sum were misread, or are not all there."""
    try:
        sums = [values.figure(line.amount, "amount") or Decimal(0) for line in stated.lines]
        holds = sum(sums, Decimal(0)) == values.figure(stated.net, "net")
        for line in stated.lines:
            values.figure(line.quantity, "quantity")
            values.figure(line.price, "price")
    except Refused:
        holds = False
    return stated if holds else replace(stated, lines=(), remarks=(*stated.remarks, LINES_NOT_READ))
