import { defineMessages } from "../i18n/messages";

/** Labels of a document's own totals, in the order in which they are shown. */
export const totalWords = defineMessages({
  lines: ["明细合计", "Sum of lines"],
  allowances: ["折让", "Allowances"],
  charges: ["附加费用", "Charges"],
  tax_exclusive: ["不含税金额", "Without tax"],
  tax: ["税额", "Tax"],
  tax_basis: ["计税金额", "Taxed amount"],
  tax_inclusive: ["含税金额", "With tax"],
  prepaid: ["预付", "Prepaid"],
  rounding: ["舍入", "Rounding"],
  payable: ["应付金额", "Payable"],
});
