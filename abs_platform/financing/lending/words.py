"""The words of statements and lists as files, Chinese and English."""

LANGUAGES = ("zh", "en")
Pair = tuple[str, str]

STATEMENT: Pair = ("对账单", "statement")
LOANS: Pair = ("贷款清单", "loans")

KINDS: dict[str, Pair] = {
    "disbursement": ("放款", "Disbursement"),
    "interest": ("计息", "Interest"),
    "payment": ("还款", "Payment"),
    "reversal": ("冲正", "Reversal"),
    "write_off": ("核销", "Write-off"),
    "payout": ("余款支付或退款", "Pay-out or refund"),
}
BUCKETS: dict[str, Pair] = {
    "not_due": ("未到期", "Not due"),
    "1_30": ("逾期 1–30 天", "1–30 days overdue"),
    "31_60": ("逾期 31–60 天", "31–60 days overdue"),
    "61_90": ("逾期 61–90 天", "61–90 days overdue"),
    "over_90": ("逾期 90 天以上", "Over 90 days overdue"),
}
STATES: dict[str, Pair] = {
    "awaiting": ("待放款", "Awaiting"),
    "disbursement_proposed": ("放款待复核", "Disbursement proposed"),
    "outstanding": ("未结清", "Outstanding"),
    "write_off_proposed": ("核销待复核", "Write-off proposed"),
    "settled": ("已结清", "Settled"),
    "cancelled": ("已取消", "Cancelled"),
    "written_off": ("已核销", "Written off"),
}
MOVEMENT_COLUMNS: dict[str, Pair] = {
    "booked_on": ("日期", "Date"),
    "kind": ("摘要", "What"),
    "loan": ("贷款编号", "Loan"),
    "bank_reference": ("放款流水号", "Bank reference"),
    "owed_more": ("增加", "More owed"),
    "owed_less": ("减少", "Less owed"),
    "balance": ("余额", "Balance"),
    "entry": ("分录编号", "Entry"),
}
LOAN_COLUMNS: dict[str, Pair] = {
    "id": ("贷款编号", "Loan"),
    "state": ("状态", "State"),
    "funder": ("资金方", "Funder"),
    "supplier": ("供应商", "Supplier"),
    "debtor": ("核心企业", "Debtor"),
    "currency": ("币种", "Currency"),
    "principal": ("本金", "Principal"),
    "annual_rate": ("年利率", "Annual rate"),
    "disbursed_on": ("放款日", "Disbursed"),
    "due_date": ("到期日", "Due"),
    "owed_principal": ("未还本金", "Principal owed"),
    "owed_interest": ("应收利息", "Interest owed"),
    "owed_fee": ("应收费用", "Fee owed"),
    "owed_total": ("应收合计", "Owed in all"),
    "bucket": ("账龄", "Age"),
    "bank_reference": ("放款流水号", "Bank reference"),
}
PAGE: dict[str, Pair] = {
    "title": ("对账单", "Statement of account"),
    "funder": ("资金方", "Funder"),
    "supplier": ("供应商", "Supplier"),
    "several": ("（多家）", "(several)"),
    "none": ("（无）", "(none)"),
    "period": ("期间", "Period"),
    "currency": ("币种", "Currency"),
    "issued": ("生成时间（UTC）", "Made (UTC)"),
    "opening": ("期初余额", "Opening balance"),
    "closing": ("期末余额（已入账）", "Closing balance (booked)"),
    "unbooked": ("至期末未入账利息", "Interest to that day, not booked yet"),
    "total": ("期末应收合计", "Owed in all on that day"),
    "movements": ("明细", "Movements"),
    "no_movements": ("本期无发生额", "Nothing moved"),
    "ageing": ("账龄", "Ageing"),
    "page": ("第 {page} 页 共 {pages} 页", "Page {page} of {pages}"),
    "footer": (
        "由系统生成；附件 {name} 内容相同，供程序读取。",
        "Made by computer. The attached {name} says the same, for programs.",
    ),
}


def word(pair: Pair, language: str) -> str:
    """One of the two."""
    return pair[LANGUAGES.index(language)]
