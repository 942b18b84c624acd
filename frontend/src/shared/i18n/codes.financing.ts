import type { Pair } from "./messages";

/** Words of financing: states, methods, why a right carries nothing, what may be done. */
export const FINANCING = {
  programmeState: {
    draft: ["草稿", "Draft"],
    proposed: ["待复核", "To be approved"],
    active: ["开放", "Open"],
    suspended: ["暂停", "Suspended"],
    closed: ["已关闭", "Closed"],
  },
  requestState: {
    draft: ["草稿", "Draft"],
    submitted: ["等待报价", "Waiting for offers"],
    offered: ["已有报价", "Has an offer"],
    accepted: ["已接受报价", "Offer accepted"],
    withdrawn: ["已撤回", "Withdrawn"],
    declined: ["被谢绝", "Declined"],
    expired: ["已过期", "Expired"],
    cancelled: ["已取消", "Cancelled"],
    settled: ["已结清", "Settled"],
  },
  invitationState: {
    open: ["等待答复", "No answer yet"],
    offered: ["已报价", "Offered"],
    declined: ["已谢绝", "Declined"],
  },
  offerState: {
    proposed: ["资金方复核中", "Being approved"],
    open: ["等待接受", "To be accepted"],
    acceptance_proposed: ["待第二人接受", "Second person to accept"],
    accepted: ["已接受", "Accepted"],
    withdrawn: ["已撤回", "Withdrawn"],
    rejected: ["被拒绝", "Rejected"],
    expired: ["已过期", "Expired"],
    superseded: ["已另选他家", "Another was chosen"],
  },
  pledgeState: {
    registering: ["上链登记中", "Being registered on chain"],
    active: ["生效", "In force"],
    refused: ["链上拒绝", "Refused on chain"],
    released: ["已解除", "Released"],
    settled: ["已结清", "Settled"],
  },
  noticeState: {
    prepared: ["待送达", "Prepared"],
    sent: ["已送达", "Sent"],
    acknowledged: ["已签收", "Acknowledged"],
    lifted: ["已解除", "Lifted"],
  },
  loanState: {
    awaiting: ["待放款", "To be disbursed"],
    disbursement_proposed: ["放款待复核", "Disbursement to be approved"],
    outstanding: ["还款中", "Outstanding"],
    write_off_proposed: ["核销待复核", "Write-off to be approved"],
    settled: ["已结清", "Settled"],
    cancelled: ["已取消", "Cancelled"],
    written_off: ["已核销", "Written off"],
  },
  paymentState: {
    recorded: ["待复核", "To be confirmed"],
    confirmed: ["已入账", "Confirmed"],
    reversal_proposed: ["冲正待复核", "Reversal to be approved"],
    rejected: ["已退回", "Rejected"],
    reversed: ["已冲正", "Reversed"],
  },
  rightState: {
    free: ["未融资", "Free"],
    encumbered: ["已质押或转让", "Pledged or assigned"],
    settled: ["已结清", "Settled"],
  },
  financingMethod: {
    pledge: ["质押", "Pledge"],
    assignment: ["转让", "Assignment"],
  },
  /** Why a programme lends nothing on a right, or not so much. */
  obstacle: {
    not_free: ["已为另一笔融资质押或转让", "It is pledged or assigned for another loan"],
    other_debtor: ["付款方不是该方案的核心企业", "Its debtor is not the programme's core enterprise"],
    other_currency: ["币种与方案不同", "Its currency is not the programme's"],
    rung_too_low: ["确权阶段还未达到方案要求", "Its rung is below what the programme asks for"],
    nothing_left: ["现在不支持任何金额", "It supports nothing now"],
    due_date_missing: ["到期日还未确定", "Its due date is not known yet"],
    due_after_maturity: ["到期日晚于还款日", "It falls due after the repayment date"],
    tenor_passed: ["还款日须在今天之后", "The repayment date must be after today"],
    tenor_too_long: ["期限超过方案上限", "The tenor is longer than the programme allows"],
    no_room: ["方案额度已用完", "The programme's limit is used up"],
  },
} satisfies Record<string, Record<string, Pair>>;
