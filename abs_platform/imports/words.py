"""What is wrong with a cell, in words, for files that leave the platform. The interface has words of its own."""

ROW = ("行", "Row")
WRONG = ("错误", "What is wrong")
WHOLE_ROW = ("整行", "row")

CODES = {
    "missing": ("必填，不能为空", "must not be empty"),
    "date_invalid": ("不是日期，例如 2026-01-31", "is no date, such as 2026-01-31"),
    "decimal_invalid": (
        "不是数字，整数最多 15 位、小数最多 13 位",
        "is no figure of at most 15 digits and 13 decimals",
    ),
    "percent_invalid": ("税率须在 0 到 100% 之间", "must be from 0 to 100 %"),
    "percent_unclear": ("看不出是百分数还是小数，请带上 % 号", "may be a percentage or a fraction; write it with %"),
    "currency_invalid": ("不是三位字母的币种代码，例如 CNY", "is no currency code of three letters, such as CNY"),
    "currency_differs": ("金额所写的币种与单据币种不一致", "names another currency than its document's"),
    "unit_differs": ("写明了元，与列的单位不一致", "says yuan, which is not its column's unit"),
    "text_too_long": ("文字太长", "is too long"),
    "text_invalid": ("含有看不见的控制字符", "holds control characters that nobody sees"),
    "digits_lost": (
        "号码的位数已被表格软件截断，请按文本格式重新导出",
        "has lost digits in the spreadsheet; export it as text",
    ),
    "header_differs": ("与同一单据前面所写的不一致", "differs from what the same document states first"),
    "seller_not_you": ("销售方不是本企业", "the seller is not your organisation"),
    "sum_too_large": (
        "单据的金额大得不可能是真的，请核对数字",
        "its amounts are beyond any real document; look at the figures",
    ),
    "too_many_lines": ("一张单据最多 5000 行", "a document has at most 5,000 lines"),
}
