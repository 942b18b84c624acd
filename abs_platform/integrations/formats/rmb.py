"""Amounts of renminbi in words (大写金额), read exactly.

Source: 中国人民银行《支付结算办法》 annex 1, 正确填写票据和结算凭证的基本规定.
"""

import re
import unicodedata
from decimal import Decimal

DIGITS = {
    character: value
    for value, row in enumerate(
        ("零〇○", "壹一弌", "贰二贰貳两", "叁三叄參参", "肆四", "伍五", "陆六陸", "柒七", "捌八", "玖九")
    )
    for character in row
}
UNITS = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}
MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
NEGATIVE = re.compile(r"^(?:[（(]?负数?[)）]?|[（(]?負數?[)）]?)")
# What the forms print before the words, so that nobody adds any.
FILLER = str.maketrans("", "", " \t⊗ⓧ×＊*⑧￥¥:：")
SHAPE = re.compile(
    r"(?:(?P<yuan>[^元角分]+)元)?(?:零)?(?:(?P<jiao>[^元角分零])角)?(?:零)?(?:(?P<fen>[^元角分零])分)?[整正]?"
)


def amount_of(words: str) -> Decimal | None:
    """The amount that the words say: 壹仟壹佰叁拾圆整 is 1130; None where they say none."""
    bare = unicodedata.normalize("NFKC", words).translate(FILLER)
    for written in ("人民币", "人民幣"):
        bare = bare.removeprefix(written)
    negative = NEGATIVE.match(bare)
    bare = re.sub("[圆圓園]", "元", bare[negative.end() :] if negative else bare).removeprefix("人民币")
    match = SHAPE.fullmatch(bare)
    if match is None or not any(match.groups()):
        return None
    yuan = _integer(match["yuan"]) if match["yuan"] else 0
    jiao, fen = (DIGITS.get(match[name]) if match[name] else 0 for name in ("jiao", "fen"))
    if yuan is None or jiao is None or fen is None:
        return None
    value = Decimal(yuan * 100 + jiao * 10 + fen) / 100
    return -value if negative and value else value


def _integer(words: str) -> int | None:
    """A whole number of myriads: what stands before 亿 or 万 counts as many of them."""
    for name in ("亿億", "万萬"):
        at = max(words.rfind(character) for character in name)
        if at >= 0:
            above = _integer(words[:at]) if words[:at] else 1
            below = _integer(words[at + 1 :]) if words[at + 1 :] else 0
            return None if above is None or below is None else above * MYRIADS[words[at]] + below
    return _below_myriad(words)


def _below_myriad(words: str) -> int | None:
    total, digit, last = 0, None, 10_000
    for character in words:
        if character in DIGITS:
            if digit:  # two digits without a unit between them
                return None
            digit = DIGITS[character]
        elif character in UNITS and UNITS[character] < last:
            last = UNITS[character]
            # 拾元 alone is ten; elsewhere a unit counts the digit before it.
            if (digit is None and last != 10) or digit == 0:
                return None
            total, digit = total + (1 if digit is None else digit) * last, None
        else:
            return None
    return total + (digit or 0)
