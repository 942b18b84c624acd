import { Button } from "antd";

import { useText } from "../../shared/i18n/LanguageProvider";
import { FileDrop } from "../../shared/ui/FileDrop";
import { Page, Section } from "../../shared/ui/Page";
import { Skeleton } from "../../shared/ui/states";
import { messages } from "./messages";
import { PartsList } from "./PartsList";
import { Result, UnreadableBundle } from "./Result";
import { TrustDialog } from "./TrustDialog";
import { useCheck } from "./useCheck";
import "./verify.css";

/** The check that needs no account: everything but the question to the chain happens in this browser. */
export default function VerifyPage() {
  const t = useText(messages);
  const check = useCheck();
  const { parts, verdict } = check;
  const started = parts.file !== null || parts.bundle !== null;
  return (
    <div className="verify">
      <Page title={t("title")} lead={t("lead")}>
        <FileDrop title={t("drop")} hint={t("dropHint")} over={t("dropNow")} onFiles={(files) => void check.take(files)} testId="verify-input" />
        <div aria-live="polite" className="stack">
          {check.checking && (
            <Section title={t("checking")}>
              <Skeleton rows={3} />
            </Section>
          )}
          {parts.bundle?.unreadable && <UnreadableBundle bundle={parts.bundle} why={parts.bundle.unreadable} />}
          {verdict && check.trust.state === "ready" && <Result verdict={verdict} trust={check.trust} />}
        </div>
        <Section title={t("partsTitle")}>
          <PartsList parts={parts} trust={check.trust} onResetTrust={check.resetTrust} />
          {started && (
            <div className="actions verify-actions">
              {parts.bundle && !parts.bundle.unreadable && !parts.file && !verdict && (
                <Button onClick={check.checkRecordOnly} data-testid="record-only">
                  {t("recordOnly")}
                </Button>
              )}
              {verdict && (
                <Button type="primary" onClick={check.again} data-testid="check-again">
                  {t("again")}
                </Button>
              )}
              <Button onClick={check.clear}>{t("clear")}</Button>
            </div>
          )}
        </Section>
        <Section title={t("howTitle")}>
          <ol>
            {(["how1", "how1Fields", "how2", "how3", "how4", "how4Stamp", "offline", "how5"] as const).map((key) => (
              <li key={key}>{t(key)}</li>
            ))}
          </ol>
        </Section>
        {parts.offeredTrust && <TrustDialog offered={parts.offeredTrust} inUse={check.trust} onAccept={check.acceptTrust} onDecline={check.declineTrust} />}
      </Page>
    </div>
  );
}
