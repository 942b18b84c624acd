import { defineMessages } from "../i18n/messages";

export const threadWords = defineMessages({
  title: ["异议往来", "The dispute"],
  open: ["进行中", "Open"],
  ended: ["已结束", "Ended"],
  say: ["回复对方", "Reply to the other side"],
  hint: ["双方都能看到，留存后不能修改。", "Both sides see it; once sent it stays as it is."],
  send: ["发送", "Send"],
  by: ["{person}（{organisation}）", "{person} ({organisation})"],
});
