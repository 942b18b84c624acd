import { useText } from "../../shared/i18n/LanguageProvider";
import { Page } from "../../shared/ui/Page";
import { AccessLog } from "./AccessLog";
import "./consents.css";
import { Grants } from "./Grants";
import { messages } from "./messages";
import { Requests } from "./Requests";

export default function ConsentsPage() {
  const t = useText(messages);
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Requests />
      <Grants />
      <AccessLog />
    </Page>
  );
}
