/** What there is to look at in a document, each with the field that it is about. */
import type { DocumentDetail } from "../../../api/types";
import type { CodeText } from "../../../shared/i18n/LanguageProvider";

export type Level = "refused" | "attention" | "notice";

export interface Finding {
  key: string;
  code: string;
  level: Level;
  /** The path of an editor's field; empty: the whole document. */
  path: string;
  words: string;
}

/** Where the remarks on sums and missing facts belong that name no field of their own. */
const PATHS: Readonly<Record<string, string>> = {
  lines_total: "totals.lines",
  total_arithmetic: "totals.tax_exclusive",
  tax_basis_before_allowance: "totals.tax",
  tax_inclusive_arithmetic: "totals.tax_inclusive",
  payable_arithmetic: "totals.payable",
  date_missing: "issue_date",
  seller_missing: "seller.name",
  buyer_missing: "buyer.name",
  currency_missing: "currency",
  currency_mixed: "currency",
  several_due_dates: "due_date",
  several_orders: "order_number",
};
const LINE_PATHS: Readonly<Record<string, string>> = { line_arithmetic: "amount", quantity_negative: "quantity", rejected_over_received: "quantity" };
const ORDER: Readonly<Record<Level, number>> = { refused: 0, attention: 1, notice: 2 };

function pathOf(remark: DocumentDetail["remarks"][number], lines: readonly { [key: string]: unknown }[]): string {
  if (remark.field) return /^(seller|buyer)$/.test(remark.field) ? `${remark.field}.name` : remark.field;
  const column = LINE_PATHS[remark.rule];
  const at = column ? lines.findIndex((line) => line.id === remark.params.line) : -1;
  return column && at >= 0 ? `lines.${at}.${column}` : (PATHS[remark.rule] ?? "");
}

export function findingsOf(row: DocumentDetail, code: CodeText): Finding[] {
  const refused = row.extraction === "refused";
  const reasons = row.attention.map((item, at): Finding => ({
    key: `attention-${at}`,
    code: item.code,
    level: refused && item.code !== "seller_not_you" ? "refused" : "attention",
    path: /^(seller|buyer)$/.test(item.field) ? `${item.field}.name` : item.field,
    words: code("attention", item.code, item.params, String(item.params.detail ?? "")),
  }));
  // What refuses the file itself is among the reasons already.
  const remarks = row.remarks.filter((remark) => !row.attention.some((item) => item.code === remark.rule));
  const found = remarks.map((remark, at): Finding => ({
    key: `remark-${at}`,
    code: remark.rule,
    level: remark.level,
    path: pathOf(remark, row.lines),
    words: code("remark", remark.rule, remark.params, remark.detail),
  }));
  return [...reasons, ...found].sort((one, other) => ORDER[one.level] - ORDER[other.level]);
}
