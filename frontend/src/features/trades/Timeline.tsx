import type { TimelineEvent } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { messages } from "./messages";

/** What happened, oldest first; codes inside an event's parameters are put into words. */
export function Timeline({ events }: { events: readonly TimelineEvent[] }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <Section title={t("timelineTitle")} className="sticky">
      <ol className="timeline">
        {events.map((event, position) => {
          const kind = event.params.document_kind;
          const params = { ...event.params, kind: typeof kind === "string" ? code("documentKind", kind) : "" };
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
