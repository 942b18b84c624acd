"""The words of exported lists, Chinese and English."""

from collections.abc import Mapping

Pair = tuple[str, str]
Columns = Mapping[str, Pair]


def word(pair: Pair, language: str) -> str:
    """The one of the two."""
    return pair[0 if language == "zh" else 1]


# The columns by what they show of a row in a reply.
REQUESTS: Columns = {
    "id": ("申请编号", "Request"),
    "supplier": ("供应商", "Supplier"),
    "debtor": ("核心企业", "Core enterprise"),
    "invitations": ("融资方案", "Programmes"),
    "currency": ("币种", "Currency"),
    "amount": ("申请金额", "Amount asked for"),
    "until": ("还款日", "Repaid by"),
    "state": ("状态", "State"),
    "submitted_at": ("提交时间（UTC）", "Submitted (UTC)"),
    "decided_at": ("结束时间（UTC）", "Decided (UTC)"),
    "settled_at": ("结清时间（UTC）", "Settled (UTC)"),
    "note": ("备注", "Note"),
}
PLEDGES: Columns = {
    "id": ("质押编号", "Pledge"),
    "order_number": ("订单号", "Order number"),
    "supplier": ("供应商", "Supplier"),
    "debtor": ("债务人", "Debtor"),
    "holder": ("资金方", "Held by"),
    "method": ("方式", "Method"),
    "currency": ("币种", "Currency"),
    "base": ("质押时金额", "Amount when pledged"),
    "base_now": ("现在金额", "Amount now"),
    "held_for": ("担保的融资额", "Secures"),
    "due_date": ("到期日", "Due"),
    "state": ("状态", "State"),
    "registered_at": ("链上登记时间（UTC）", "Registered on chain (UTC)"),
    "ended_at": ("解除时间（UTC）", "Ended (UTC)"),
    "right": ("权利编号", "Right"),
    "loan": ("贷款编号", "Loan"),
}
STATES: Mapping[str, Pair] = {
    "draft": ("草稿", "Draft"),
    "submitted": ("已提交", "Submitted"),
    "accepted": ("已成交", "Accepted"),
    "withdrawn": ("已撤回", "Withdrawn"),
    "declined": ("被婉拒", "Declined"),
    "expired": ("已过期", "Expired"),
    "cancelled": ("已取消", "Cancelled"),
    "registering": ("登记中", "Being registered"),
    "active": ("有效", "Active"),
    "refused": ("被拒", "Refused"),
    "released": ("已解除", "Released"),
    "settled": ("已结清", "Settled"),
    "pledge": ("质押", "Pledge"),
    "assignment": ("转让", "Assignment"),
}
