import type { LoanDetail } from "../../api/types";
import { formatMoney } from "../../shared/format/money";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { messages } from "./messages";

/** Who did what, from the offer to the end: the audit trail, oldest first. */
export function History({ row }: { row: LoanDetail }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  if (row.history.length === 0) return null;
  return (
    <Section title={t("history")} testId="history">
      <ol className="timeline">
        {row.history.map((event, position) => (
          <li key={position} data-verb={event.verb}>
            {code("auditVerb", event.verb)}
            {event.amount && <span className="num"> {formatMoney(event.amount, row.currency, language)}</span>}
            <span className="meta">
              <Time value={event.at} seconds /> · {event.by ?? t("byPlatform")}
              {event.reason && ` · ${event.reason}`}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
