import type { TimelineEvent } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { messages } from "./messages";

/** Codes inside an event's parameters that are words of their own. */
export function Timeline({ events }: { events: readonly TimelineEvent[] }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <Section title={t("timelineTitle")} className="sticky">
      <ol className="timeline">
        {events.map((event, position) => {
          const params = { ...event.params };
          params.kind = typeof params.kind === "string" && params.kind ? code("documentKind", params.kind) : "";
          params.number ??= "";
          if (typeof params.decision === "string") params.decision = code("decision", params.decision);
          return (
            <li key={position} data-testid="timeline-event" data-kind={event.kind}>
              {code("timeline", event.kind, params)}
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
