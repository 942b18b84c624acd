import { defineMessages } from "../../shared/i18n/messages";

/** Labels of extracted header fields, in the order in which they are shown. */
export const fieldWords = defineMessages({
  number: ["编号", "Number"],
  issue_date: ["开具日期", "Issue date"],
  seller: ["卖方", "Seller"],
  buyer: ["买方", "Buyer"],
  order_number: ["订单号", "Order number"],
  despatch_numbers: ["发货单号", "Despatch advice"],
  receipt_numbers: ["收货单号", "Receipt advice"],
  invoice_numbers: ["发票号", "Invoice"],
  contract_number: ["合同号", "Contract"],
  accepted: ["是否接受", "Accepted"],
  currency: ["币种", "Currency"],
  due_date: ["到期日", "Due date"],
  payment_terms: ["付款条件", "Payment terms"],
  payee_account: ["收款账号", "Payee account"],
  delivery_date: ["交货日期", "Delivery date"],
  others: ["其他参与方", "Other parties"],
  notes: ["备注", "Notes"],
  uuid: ["UUID", "UUID"],
  syntax: ["格式", "Syntax"],
  version: ["版本", "Version"],
});
