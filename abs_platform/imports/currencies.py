"""What people and ERP systems write for a currency. Pure Python."""

import re

CURRENCIES = {
    "人民币": "CNY", "人民币元": "CNY", "元": "CNY", "RMB": "CNY", "¥": "CNY", "￥": "CNY", "美元": "USD", "美金": "USD",
    "$": "USD", "欧元": "EUR", "€": "EUR", "港币": "HKD", "港元": "HKD", "英镑": "GBP", "£": "GBP", "日元": "JPY", "日圆": "JPY",
}  # fmt: skip
# What else may stand beside a figure, and of which currencies it is said. ISO 4217, and words as in Chinese tables.
MARKS = {
    **CURRENCIES, "元": "CNY HKD TWD MOP", "¥": "CNY JPY", "￥": "CNY JPY", "$": "USD HKD SGD AUD CAD NZD TWD MOP",
    "US$": "USD", "HK$": "HKD", "NT$": "TWD", "S$": "SGD", "A$": "AUD", "C$": "CAD",
    **{code: code for code in (
        "CNY", "CNH", "USD", "EUR", "HKD", "GBP", "JPY", "SGD", "AUD", "CAD", "CHF", "NZD", "TWD", "MOP", "KRW", "INR", "THB", "VND",
        "MYR", "IDR", "PHP", "RUB", "AED", "SAR", "BRL", "MXN", "ZAR", "SEK", "NOK", "DKK", "PLN", "TRY", "CZK", "HUF", "CLP",
    )},
}  # fmt: skip
MARK = "(?i:" + "|".join(re.escape(mark) for mark in sorted(MARKS, key=len, reverse=True)) + ")"
