import { Link } from "react-router";

import { useText } from "../shared/i18n/LanguageProvider";
import { Page } from "../shared/ui/Page";
import { messages } from "./messages";

export function NotFoundPage() {
  const t = useText(messages);
  return (
    <Page title={t("notFoundTitle")} lead={t("notFoundText")}>
      <p>
        <Link to="/">{t("goHome")}</Link>
      </p>
    </Page>
  );
}
