import { defineMessages } from "../../shared/i18n/messages";

export const messages = defineMessages({
  greeting: ["{name}，您好", "Hello, {name}"],
  greetingNobody: ["您好", "Hello"],
  lead: ["这里是眼下最要紧的一步和待办。", "Your next step, and what else is waiting."],
  nextTitle: ["下一步", "Next step"],
  go: ["去办理", "Go"],
  clear: ["眼下没有要做的事", "Nothing needs doing right now"],
  clearText: ["新的任务会自动出现在这里。", "New tasks appear here by themselves."],
  tasksTitle: ["待办", "Tasks"],
  figuresTitle: ["概览", "Figures"],
  noTasks: ["没有待办。", "No tasks."],
  noAccessTitle: ["您的账号还没有任何角色", "Your account has no role yet"],
  noAccessText: ["请联系本企业管理员或平台运营方；在此之前可以使用公开的文件验证。", "Ask your organisation's administrator or the platform's operator; until then the public file check is yours."],
  verify: ["验证文件", "Verify a file"],
});
