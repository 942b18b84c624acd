import { defineMessages } from "../i18n/messages";

/** Words of the comparison, used by a trade's page and by the confirmation sheet. */
export const words = defineMessages({
  caption: ["逐行比对", "Line by line"],
  item: ["品项", "Item"],
  line: ["行 {line}", "Line {line}"],
  ordered: ["订购", "Ordered"],
  despatched: ["发货", "Despatched"],
  received: ["收货", "Received"],
  accepted: ["验收", "Accepted"],
  invoiced: ["开票", "Invoiced"],
  credited: ["贷项", "Credited"],
  orderPrice: ["订单单价", "Order price"],
  invoicePrice: ["发票单价", "Invoice price"],
  rejected: ["拒收 {quantity}", "{quantity} rejected"],
  short: ["短缺 {quantity}", "{quantity} short"],
  differs: ["有差异", "differs"],
  remarks: ["差异", "Differences"],
  noLines: ["还没有可比对的明细。", "There are no lines to compare yet."],
  where: ["{document}，行 {line}", "{document}, line {line}"],
  expectedFound: ["应为 {expected}，实为 {found}", "expected {expected}, found {found}"],
});
