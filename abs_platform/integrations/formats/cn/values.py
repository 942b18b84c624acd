"""Texts, figures and dates as Chinese invoices write them: read exactly, or refused.

Sources: 财政部《电子凭证会计数据标准——全面数字化的电子发票》; GB/T 36609-2018 and the schema http://www.edrm.org.cn/schema/e-invoice.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from lxml import etree

from abs_platform.integrations.formats.fields import MAX_DECIMALS, MAX_ID, MAX_INTEGER_DIGITS
from abs_platform.integrations.formats.refusal import Refused

Element = etree._Element

FIGURE = re.compile(r"([+-]?)([0-9]{1,40})(?:\.([0-9]{0,40}))?", re.ASCII)
DATE = re.compile(r"([0-9]{4})(?:年|-|/|\.)([0-9]{1,2})(?:月|-|/|\.)([0-9]{1,2})日?(?:[T ].*)?", re.ASCII)
BARE_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{4,9})?", re.ASCII)
# What stands in a rate's or tax's place where no tax is due.
EXEMPT = frozenset({"免税", "不征税", "免征", "免征增值税", "出口零税率", "普通零税率", "零税率"})
STARS = re.compile(r"\*+")
# Reorder what a reader sees.
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
CURRENCY_SIGNS = str.maketrans("", "", "¥￥, \u00a0")


def local(element: Element) -> str:
    """The element's name without its namespace; empty for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Element, name: str) -> list[Element]:
    """The children of that local name, whatever their namespace."""
    return list(element.iterchildren("{*}" + name))


def text_at(element: Element | None, path: str, limit: int = MAX_ID) -> str:
    """The text at a path of local names ("A/B"), white space collapsed; empty where it is not stated.

    Raises Refused: text_too_long, text_invalid.
    """
    for name in path.split("/"):
        element = next(element.iterchildren("{*}" + name), None) if element is not None else None
    return "" if element is None else own_text(element, limit, path)


def only_text_at(element: Element, path: str, limit: int = MAX_ID) -> str:
    """The one text at a path, in whichever groups it stands; refused where two differ: nobody could say which counts."""
    found = [element]
    for name in path.split("/"):
        found = [child for each in found for child in children(each, name)]
    texts = list(dict.fromkeys(text for each in found if (text := own_text(each, limit, path))))
    if len(texts) > 1:
        line = found[-1].sourceline
        detail = f"{path} is stated several times, and differently, last in line {line}."
        raise Refused("stated_twice", detail, line=line, name=path.rpartition("/")[2])
    return texts[0] if texts else ""


def own_text(element: Element, limit: int = MAX_ID, name: str = "") -> str:
    """The element's own text, bounded, white space collapsed. Raises Refused: text_too_long, text_invalid."""
    return bounded(str(element.text or ""), limit, name or local(element), element.sourceline)


def bounded(text: str, limit: int, name: str, line: object = None) -> str:
    """The text, white space collapsed. Raises Refused: text_too_long, text_invalid (control characters)."""
    collapsed = " ".join(text.split())
    if len(collapsed) > limit:
        raise Refused("text_too_long", f"{name} is longer than {limit} characters.", line=line or "?", limit=limit)
    bad = next((each for each in collapsed if each in BIDI_CONTROLS or unicodedata.category(each) == "Cc"), None)
    if bad is not None:
        raise Refused("text_invalid", f"{name} holds the control character U+{ord(bad):04X}.", line=line or "?")
    return collapsed


def figure(text: str, name: str) -> Decimal | None:
    """The figure written; None where nothing is stated. Raises Refused: figure_invalid."""
    bare = unicodedata.normalize("NFKC", text).translate(CURRENCY_SIGNS)
    if not bare:
        return None
    match = FIGURE.fullmatch(bare)
    integer = (match[2].lstrip("0") or "0") if match else ""
    decimals = (match[3] or "") if match else ""
    if len(decimals) > MAX_DECIMALS:
        decimals = decimals[:2] + decimals[2:].rstrip("0")
    if match is None or len(integer) > MAX_INTEGER_DIGITS or len(decimals) > MAX_DECIMALS:
        raise Refused(
            "figure_invalid", f"{name}: “{text[:40]}” is no figure that could be read.", field=name, found=text[:40]
        )
    value = Decimal(f"{match[1]}{integer}.{decimals}" if decimals else f"{match[1]}{integer}")
    return value or value.copy_abs()


def tax(text: str, name: str) -> Decimal | None:
    """A tax; `***` and its words for exemption are none at all: zero."""
    return Decimal(0) if exempt(text) else figure(text, name)


def percent(text: str, name: str) -> Decimal | None:
    """A tax rate in percent, from "0.13", "13%" or "13"; zero where it says that no tax is due."""
    if exempt(text):
        return Decimal(0)
    bare = text.replace("％", "%").strip()
    value = figure(bare.removesuffix("%"), name)
    # A fraction is below one; no rate of VAT lies between 0 and 1 percent.
    if value is None or bare.endswith("%") or abs(value) >= 1:
        return value
    return (value * 100).quantize(Decimal(1)) if value * 100 == (value * 100).to_integral_value() else value * 100


def exempt(text: str) -> bool:
    """Whether the place of a rate or tax says that none is due."""
    return text in EXEMPT or STARS.fullmatch(text) is not None


def day(text: str, name: str) -> date | None:
    """The date of "2023-02-23 10:08:05", "2023年02月23日" or "20230223"; None where nothing is stated.

    Raises Refused: day_invalid.
    """
    bare = unicodedata.normalize("NFKC", text).strip()
    if not bare:
        return None
    match = DATE.fullmatch(re.sub(r"\s*([年月日])\s*", r"\1", bare)) or BARE_DATE.fullmatch(bare)
    try:
        if match is None:
            raise ValueError
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise Refused("day_invalid", f"{name}: “{text[:40]}” is no date.", field=name, found=text[:40]) from None


def account(text: str) -> str | None:
    """The account number at the end of "bank and account"; None where there is none."""
    match = re.search(r"([0-9][0-9 \-]{4,38}[0-9])\s*$", text)
    return re.sub(r"[ \-]", "", match[1]) if match else None
