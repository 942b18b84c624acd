import { defineMessages } from "../../shared/i18n/messages";

export const messages = defineMessages({
  title: ["链上权利登记核对", "Registry of rights"],
  lead: ["每几分钟把本平台数据库与共享的链上合约逐项比对一次。不一致只会报警，绝不自动修补。", "Every few minutes this database and the shared contract are compared, right by right. A difference raises an alert and is never mended by itself."],
  compareNow: ["立即核对", "Compare now"],
  queued: ["已开始核对", "The comparison has begun"],
  runs: ["核对记录", "Comparisons"],
  none: ["还没有核对过", "Nothing was compared yet"],
  noneText: ["链上登记启用后会自动开始。", "Comparing begins by itself once the registry is set up."],
  started: ["开始", "Began"],
  result: ["结果", "Result"],
  rights: ["权利", "Rights"],
  pledges: ["有效质押", "Active pledges"],
  fingerprints: ["指纹", "Fingerprints"],
  detail: ["说明", "Detail"],
  differences: ["不一致之处", "What differs"],
  differs: ["最近一次核对发现 {count} 处不一致。请保持两边现状，查明是谁、在哪一边作了改动。", "The newest comparison found {count} {count|difference|differences}. Keep both sides as they are, and find out who changed which."],
  what: ["哪里不同", "What"],
  right: ["权利", "Right"],
  here: ["数据库", "Database"],
  there: ["链上", "Chain"],
  nothing: ["无", "none"],
});
