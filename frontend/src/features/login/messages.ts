import { defineMessages } from "../../shared/i18n/messages";

export const messages = defineMessages({
  title: ["登录", "Sign in"],
  tagline: ["从订单开始，让每一笔真实贸易更早变成资金", "From the first order on: real trade becomes finance earlier"],
  pointAnchor: ["单据一经上传即入账、上链，谁也改不了", "Each document is recorded and anchored on chain: nobody can rewrite it"],
  pointRights: ["业务确权随贸易推进自动计算，不必等付款确认", "Rights are computed as trade proceeds, without waiting for payment confirmation"],
  pointConsent: ["数据归供应商所有：谁能看、看多久，由您决定", "The supplier owns its data: who sees it, and until when, is its decision"],
  username: ["用户名", "User name"],
  password: ["密码", "Password"],
  submit: ["登录", "Sign in"],
  required: ["请填写用户名和密码。", "Enter your user name and password."],
  demoTitle: ["演示账号", "Demo accounts"],
  demoText: ["点一下即以该身份进入。", "One click enters as that persona."],
  verifyLink: ["没有账号？拖入文件即可验证存证", "No account? Verify a file right here"],
});
