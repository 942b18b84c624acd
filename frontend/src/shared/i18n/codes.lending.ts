import type { Pair } from "./messages";

/** Words of loans and the books behind them: who pays, what for, how late, which account. */
export const LENDING = {
  payoutState: {
    recorded: ["待复核", "To be confirmed"],
    confirmed: ["已支付", "Confirmed"],
    rejected: ["已退回", "Rejected"],
  },
  toldBy: {
    holder: ["资金方", "Funder"],
    supplier: ["供应商", "Supplier"],
    debtor: ["买方", "Buyer"],
  },
  payer: {
    supplier: ["供应商", "Supplier"],
    debtor: ["债务人", "Debtor"],
  },
  /** What a payment was used for, in turn. */
  allocationPart: {
    fee: ["费用", "Fee"],
    interest: ["利息", "Interest"],
    principal: ["本金", "Principal"],
    recovery: ["核销收回", "Recovered after write-off"],
    surplus: ["余款（归供应商）", "Surplus, the supplier's"],
    refund: ["溢收款（应退债务人）", "Overpaid, back to the debtor"],
  },
  entryKind: {
    disbursement: ["放款", "Disbursement"],
    interest: ["计息", "Interest"],
    payment: ["还款", "Payment"],
    reversal: ["冲正", "Reversal"],
    write_off: ["核销", "Write-off"],
    payout: ["余款支付或退款", "Pay-out or refund"],
  },
  account: {
    cash: ["银行存款", "Cash"],
    principal_receivable: ["应收本金", "Principal receivable"],
    interest_receivable: ["应收利息", "Interest receivable"],
    fee_receivable: ["应收费用", "Fee receivable"],
    payable_to_supplier: ["应付供应商余款", "Payable to suppliers"],
    payable_to_debtor: ["应退债务人溢收款", "Refundable to debtors"],
    interest_income: ["利息收入", "Interest income"],
    fee_income: ["费用收入", "Fee income"],
    loss: ["损失", "Loss"],
  },
  /** How late. */
  bucket: {
    not_due: ["未到期", "Not due"],
    "1_30": ["逾期 1–30 天", "1–30 days overdue"],
    "31_60": ["逾期 31–60 天", "31–60 days overdue"],
    "61_90": ["逾期 61–90 天", "61–90 days overdue"],
    over_90: ["逾期 90 天以上", "Over 90 days overdue"],
  },
  /** Who tells of a payment on a right. */
  collectionSource: {
    holder: ["资金方", "Its holder"],
    supplier: ["供应商", "Supplier"],
    debtor: ["债务人", "Debtor"],
  },
  loanAction: {
    propose_disbursement: ["登记放款", "Record the disbursement"],
    take_back_disbursement: ["撤回放款登记", "Take the disbursement back"],
    disburse: ["复核放款", "Confirm the disbursement"],
    cancel: ["取消这笔融资", "Cancel the loan"],
    propose_write_off: ["提出核销", "Propose a write-off"],
    take_back_write_off: ["撤回核销", "Take the write-off back"],
    write_off: ["复核核销", "Write off"],
    record_payment: ["登记还款", "Record a payment"],
    record_payout: ["登记余款支付或退款", "Record a pay-out or a refund"],
  },
  paymentAction: {
    confirm: ["复核入账", "Confirm"],
    reject: ["退回", "Reject"],
    propose_reversal: ["提出冲正", "Propose a reversal"],
    take_back_reversal: ["撤回冲正", "Take the reversal back"],
    reverse: ["复核冲正", "Reverse"],
    withdraw: ["撤回", "Take back"],
  },
} satisfies Record<string, Record<string, Pair>>;
