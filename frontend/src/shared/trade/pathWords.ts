/** A field's path in a structured document (a JSON pointer such as /lines/0/amount), in words. */
import type { Language } from "../i18n/language";
import { defineMessages, translate } from "../i18n/messages";
import { totalWords } from "./totalWords";

const words = defineMessages({
  document: ["文件", "File"],
  sm3: ["SM3 摘要", "SM3 digest"],
  kind: ["单据类型", "Kind"],
  number: ["编号", "Number"],
  syntax: ["格式", "Syntax"],
  version: ["版本", "Version"],
  uuid: ["UUID", "UUID"],
  issue_date: ["开具日期", "Issue date"],
  currency: ["币种", "Currency"],
  seller: ["卖方", "Seller"],
  buyer: ["买方", "Buyer"],
  others: ["其他参与方", "Other parties"],
  name: ["名称", "Name"],
  company_id: ["主体代码", "Company id"],
  endpoint_id: ["电子地址", "Endpoint"],
  party_id: ["参与方代码", "Party id"],
  order_number: ["订单号", "Order number"],
  despatch_numbers: ["发货单号", "Despatch advice"],
  receipt_numbers: ["收货单号", "Receipt advice"],
  invoice_numbers: ["发票号", "Invoice"],
  contract_number: ["合同号", "Contract"],
  due_date: ["到期日", "Due date"],
  payment_terms: ["付款条件", "Payment terms"],
  payee_account: ["收款账号", "Payee account"],
  delivery_date: ["交货日期", "Delivery date"],
  accepted: ["是否接受", "Accepted"],
  totals: ["合计", "Totals"],
  lines: ["明细", "Lines"],
  notes: ["备注", "Notes"],
  note: ["备注", "Note"],
  id: ["行号", "Line number"],
  item_name: ["品名", "Item"],
  item_description: ["品项说明", "Item description"],
  buyer_item_id: ["买方物料号", "Buyer's item id"],
  seller_item_id: ["卖方物料号", "Seller's item id"],
  standard_item_id: ["标准物料号", "Standard item id"],
  unit: ["单位", "Unit"],
  quantity: ["数量", "Quantity"],
  rejected: ["拒收数量", "Rejected"],
  short: ["短缺数量", "Short"],
  oversupply: ["超交数量", "Oversupplied"],
  backorder: ["待补数量", "On backorder"],
  price: ["单价", "Price"],
  price_base_quantity: ["计价数量", "Price per"],
  allowances: ["折让", "Allowances"],
  charges: ["附加费用", "Charges"],
  amount: ["金额", "Amount"],
  tax: ["税额", "Tax"],
  tax_percent: ["税率 %", "Tax rate %"],
  order_line_id: ["订单行号", "Order line"],
  despatch_number: ["发货单号", "Despatch advice"],
  despatch_line_id: ["发货单行号", "Despatch line"],
  receipt_number: ["收货单号", "Receipt advice"],
  receipt_line_id: ["收货单行号", "Receipt line"],
  invoice_number: ["发票号", "Invoice"],
  invoice_line_id: ["发票行号", "Invoice line"],
  place: ["第 {place} 项", "no. {place}"],
});

type Word = keyof typeof words;

/** "合计 · 应付金额", "Lines · no. 1 · Amount". A step that is not known stays as it is, so that nothing is hidden. */
export function pathInWords(path: string, language: Language): string {
  const steps = path.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const said = steps.map((step, position) => {
    if (/^\d{1,6}$/.test(step)) return translate(words, language, "place", { place: Number(step) + 1 });
    if (steps[position - 1] === "totals" && Object.hasOwn(totalWords, step)) return translate(totalWords, language, step as keyof typeof totalWords);
    return Object.hasOwn(words, step) ? translate(words, language, step as Word) : step;
  });
  return said.join(" · ");
}
