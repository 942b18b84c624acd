"""The words of rights on paper and in exported lists, Chinese and English."""

from collections.abc import Mapping

from abs_platform.core.words import Pair

RUNGS: Mapping[str, Pair] = {
    "0": ("尚无依据", "Nothing yet"),
    "1": ("已下单", "Ordered"),
    "2": ("已发货", "Despatched"),
    "3": ("业务确权", "Accepted"),
    "4": ("已开票", "Invoiced"),
    "5": ("付款确认", "Payment confirmed"),
}
STATES: Mapping[str, Pair] = {
    "free": ("未融资", "Free"),
    "paid": ("已付清", "Paid"),
    "encumbered": ("已质押或转让", "Pledged or assigned"),
    "settled": ("已结清", "Settled"),
}
DUE_BASES: Mapping[str, Pair] = {
    "payment_confirmation": ("付款确认书写明", "as the payment confirmation states"),
    "invoice": ("发票写明", "as the invoices state"),
    "order": ("订单写明", "as the order states"),
    "term": ("按付款条件推算，尚不确定", "reckoned from a payment term; not certain"),
    "statutory": (
        "按国务院令第802号的法定期限推算，尚不确定",
        "the law's 60 days from delivery (State Council Decree 802); not certain",
    ),
}
MISSING: Mapping[str, Pair] = {
    "order": ("采购订单", "purchase order"),
    "order_confirmation": ("订单确认", "order confirmation"),
    "despatch": ("发货单", "despatch advice"),
    "receipt": ("收货单", "receipt advice"),
    "receipt_confirmation": ("收货确认", "receipt confirmation"),
    "invoice": ("发票", "invoice"),
    "invoice_verification": ("发票查验", "verification of the invoice"),
    "payment_confirmation": ("付款确认", "payment confirmation"),
    "buyer_on_platform": ("买方加入平台", "the buyer's joining the platform"),
    "price_confirmation": ("单价确认", "confirmation of prices"),
    "due_date": ("到期日", "due date"),
    "not_computable": ("金额无法计算", "the amount cannot be computed"),
}
REDUCTIONS: Mapping[str, Pair] = {
    "credit_note": ("贷项通知单", "Credit note"),
    "credit_note_other_currency": ("其他币种的贷项通知单", "Credit note in another currency"),
    "payment": ("已付款", "Payment"),
    "prepaid": ("预付款", "Prepaid"),
    "above_invoice_total": ("超出发票合计的部分", "Above the invoice's own total"),
    "invoice_voided": ("发票已作废", "Invoice voided"),
    "invoice_lost_control": ("发票失控", "Invoice out of control"),
    "invoice_abnormal": ("发票异常", "Invoice abnormal"),
    "invoice_red_lettered": ("发票被红冲", "Invoice red-lettered"),
}
EVENTS: Mapping[str, Pair] = {
    "reached": ("已达到", "Reached"),
    "changed": ("已达到，依据有更新", "Reached; what it rests on changed"),
    "lost": ("已失去", "Lost"),
}
LOST: Mapping[str, Pair] = {
    "not_computable": ("金额无法计算", "the amount cannot be computed"),
    "document_left": ("所依据的单据离开了这笔贸易", "a document that it rested on left the trade"),
    "document_disputed": ("所依据的单据有了异议", "a document that it rested on is disputed"),
    "order_overtaken": ("订单被变更或取消", "the order was changed or cancelled"),
    "invoice_voided": ("发票被作废", "the invoice was voided"),
    "invoice_lost_control": ("发票失控", "the invoice is out of control"),
    "invoice_abnormal": ("发票被列为异常", "the invoice is listed as abnormal"),
    "invoice_not_verified": ("发票尚未查验通过", "the invoice is not verified"),
    "nothing_counts": ("所依据的数量不再计入", "what it rested on counts no more"),
}
AGREED_FIELDS: Mapping[str, Pair] = {
    "items": ("品项", "items"),
    "ordered_quantities": ("订购数量", "ordered quantities"),
    "unit_prices": ("单价", "unit prices"),
    "accepted_quantities": ("验收数量", "accepted quantities"),
    "invoiced_quantities": ("开票数量", "invoiced quantities"),
    "amounts": ("金额", "amounts"),
    "amount": ("付款金额", "amount"),
    "due_date": ("到期日", "due date"),
    "account": ("收款账号", "account"),
}
DISPUTABLE: Mapping[str, Pair] = {
    "delivery": ("交货", "delivery"),
    "quality": ("质量", "quality"),
    "despatched_quantities": ("发货数量", "despatched quantities"),
    "price": ("单价", "price"),
    "amount": ("金额", "amount"),
    "invoice_amounts": ("发票金额", "invoiced amounts"),
    "due_date": ("到期日", "due date"),
    "hidden_defects": ("隐蔽瑕疵", "hidden defects"),
    "set_off": ("抵销", "set-off"),
}
