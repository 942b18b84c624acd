import type { TimelineEvent } from "../../api/types";
import { formatMoney } from "../../shared/format/money";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { messages } from "./messages";

function sameBlock(a: TimelineEvent, b: TimelineEvent): boolean {
  return a.params.chain === b.params.chain && a.params.block === b.params.block;
}

/** Anchorings in the same block of the same chain become one event that counts them. */
function grouped(events: readonly TimelineEvent[]): TimelineEvent[] {
  const rows: TimelineEvent[] = [];
  for (const event of events) {
    const last = rows.at(-1);
    if (last?.kind.startsWith("document_anchored") && event.kind === "document_anchored" && sameBlock(last, event)) rows[rows.length - 1] = { ...last, kind: "document_anchored_many", params: { ...last.params, count: Number(last.params.count ?? 1) + 1 } };
    else rows.push(event);
  }
  return rows;
}

/** What happened, oldest first; codes inside an event's parameters are put into words. */
export function Timeline({ events }: { events: readonly TimelineEvent[] }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  return (
    <Section title={t("timelineTitle")} className="sticky">
      <ol className="timeline">
        {grouped(events).map((event, position) => {
          const kind = event.params.document_kind;
          const { amount, currency, chain } = event.params;
          const params = {
            ...event.params,
            kind: typeof kind === "string" ? code("documentKind", kind) : "",
            chain: typeof chain === "string" ? code("chainName", chain, {}, chain) : "",
            amount: typeof amount === "string" ? formatMoney(amount, String(currency ?? ""), language) : "",
          };
          const reason = typeof event.params.reason === "string" ? event.params.reason : "";
          return (
            <li key={position} data-testid="timeline-event" data-kind={event.kind}>
              {code("timeline", event.kind, params)}
              {reason && <span className="meta">{reason}</span>}
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
