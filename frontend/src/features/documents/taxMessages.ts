import { defineMessages } from "../../shared/i18n/messages";

export const messages = defineMessages({
  title: ["税务状态", "Tax status"],
  checked: ["查验时间", "Last checked"],
  next: ["下次查验", "Next check"],
  provider: ["查验方", "Checked by"],
  redAmount: ["红冲金额（含税）", "Taken back (with tax)"],
  redNumbers: ["红字发票号码", "Red-letter invoices"],
  history: ["状态变化", "Changes"],
  failing: ["税务查验服务暂时没有答复，状态保持不变，稍后自动重试。", "The tax service does not answer at present; the status stays as it is and is asked for again later."],
  verify: ["立即查验", "Check now"],
  asked: ["已提交查验，结果会自动显示", "Asked; the answer appears by itself"],
});
