import type { RightEvent } from "../../api/types";
import { formatMoney } from "../../shared/format/money";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { messages } from "./messages";

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Papers, the core enterprise's word, rungs, chains, pledges: oldest first. */
export function RightTimeline({ events }: { events: readonly RightEvent[] }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  return (
    <Section title={t("timelineTitle")} className="sticky">
      {events.length === 0 && <p className="muted">{t("timelineEmpty")}</p>}
      <ol className="timeline">
        {events.map((event, position) => {
          const { params } = event;
          const amount = text(params.amount);
          return (
            <li key={position} data-testid="right-event" data-kind={event.kind}>
              {code("rightEvent", event.kind, {
                number: text(params.number),
                organisation: text(params.organisation),
                rung: text(params.rung),
                block: text(params.block),
                due_date: text(params.due_date),
                kind: params.document_kind ? code("documentKind", text(params.document_kind)) : "",
                name: params.rung ? code("rung", text(params.rung)) : "",
                reason: params.reason_lost ? code("rungLost", text(params.reason_lost)) : "",
                chain: params.chain ? code("chainName", text(params.chain), {}, text(params.chain)) : "",
                amount: amount && formatMoney(amount, text(params.currency), language),
              })}
              <span className="meta">
                <Time value={event.at} seconds />
              </span>
            </li>
          );
        })}
      </ol>
    </Section>
  );
}
