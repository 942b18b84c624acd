import { Link } from "react-router";

import { usePolling } from "../../shared/hooks/usePolling";
import { useText } from "../../shared/i18n/LanguageProvider";
import { Page } from "../../shared/ui/Page";
import { Audits } from "./Audits";
import { Keys } from "./Keys";
import { ledgerMessages } from "./ledgerMessages";
import { MasterKeys } from "./MasterKeys";
import { StorageKeys } from "./StorageKeys";

/** What only the operator does with the ledger: have it audited, and change the platform's keys. */
export default function LedgerOperationsPage() {
  const t = useText(ledgerMessages);
  usePolling(["ledger", "storage"]);
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      back={
        <>
          <Link to="/operations">← {t("back")}</Link>
          <Link to="/ledger">{t("explorer")} →</Link>
        </>
      }
    >
      <Audits />
      <Keys />
      <MasterKeys />
      <StorageKeys />
    </Page>
  );
}
