import type { ReactNode } from "react";
import { Link } from "react-router";

import { useSession } from "../api/queries";
import type { Role } from "../api/types";
import { useCodes, useText } from "../shared/i18n/LanguageProvider";
import { Page } from "../shared/ui/Page";
import { messages } from "./messages";

/** Shows a page to whom it is for; others read so instead of meeting a refusal. */
export function ForRoles({ roles, children }: { roles: readonly Role[]; children: ReactNode }) {
  const t = useText(messages);
  const code = useCodes();
  const session = useSession();
  if (session.data?.roles.some((role) => roles.includes(role))) return children;
  const names = roles.map((role) => code("role", role)).join(" / ");
  return (
    <Page title={t("notYoursTitle")} lead={t("notYoursText", { roles: names })}>
      <p>
        <Link to="/">{t("goHome")}</Link>
      </p>
    </Page>
  );
}
