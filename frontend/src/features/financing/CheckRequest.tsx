import { Button } from "antd";

import type { Right, Verdict } from "../../api/types";
import { inCapitals } from "../../shared/format/capital";
import { joinNames } from "../../shared/format/join";
import { today } from "../../shared/format/time";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Facts } from "../../shared/ui/Facts";
import { Day, Money } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { InlineFailure } from "../../shared/ui/states";
import { costOf } from "./cost";
import type { Draft } from "./draft";
import { messages } from "./messages";

interface Props {
  draft: Draft;
  rights: readonly Right[];
  verdicts: readonly Verdict[];
  pending: boolean;
  error: unknown;
  onBack: () => void;
  onSend: (submit: boolean) => void;
}

/** Step 3: all of it once more, and what follows. */
export function CheckRequest({ draft, rights, verdicts, pending, error, onBack, onSend }: Props) {
  const t = useText(messages);
  const { language } = useLanguage();
  const currency = rights[0]?.currency ?? "";
  const capitals = language === "zh" ? inCapitals(draft.amount, currency) : null;
  const names = joinNames(verdicts.map((verdict) => verdict.funder.name), language);
  return (
    <Section title={t("checkTitle")}>
      <div className="stack">
        <Facts
          facts={[
            [
              t("amount"),
              <span key="amount">
                <Money value={draft.amount} currency={currency} wan />
                {capitals && <span className="meta"> {t("capitals", { words: capitals })}</span>}
              </span>,
            ],
            [t("until"), <Day key="until" value={draft.until} />],
            [t("funders"), names],
            [t("noteSaid"), draft.note],
          ]}
        />
        <DataTable
          caption={t("programmesTitle")}
          rows={verdicts}
          rowKey={(verdict) => verdict.programme.id}
          columns={[
            { key: "funder", title: t("funders"), head: true, wrap: true, render: (verdict) => verdict.funder.name },
            { key: "cost", title: t("totalCost"), align: "right", render: (verdict) => <Money value={costOf(draft.amount, verdict.terms, today(), draft.until)?.total} currency={currency} /> },
            { key: "back", title: t("payBack"), align: "right", render: (verdict) => <Money value={costOf(draft.amount, verdict.terms, today(), draft.until)?.back} currency={currency} /> },
          ]}
        />
        <DataTable
          caption={t("checkRights", { count: rights.length })}
          rows={rights}
          rowKey={(right) => right.id}
          columns={[
            { key: "order", title: t("order"), head: true, render: (right) => right.order_number || t("orderMissing") },
            { key: "base", title: t("base"), align: "right", render: (right) => <Money value={right.base} currency={right.currency} /> },
            { key: "due", title: t("due"), render: (right) => <Day value={right.due_date} /> },
          ]}
        />
        <div className="note note-idle">
          <div>
            <strong>{t("consequencesTitle")}</strong>
            <ul>
              <li>{t("consequenceSee", { names })}</li>
              <li>{t("consequenceHeld")}</li>
            </ul>
          </div>
        </div>
        <InlineFailure error={error} />
        <div className="actions end request-foot">
          <Button onClick={onBack}>{t("previous")}</Button>
          <Button onClick={() => onSend(false)} disabled={pending} data-testid="save-draft">
            {t("saveDraft")}
          </Button>
          <Button type="primary" onClick={() => onSend(true)} loading={pending} data-testid="submit-request">
            {t("submit")}
          </Button>
        </div>
      </div>
    </Section>
  );
}
