import type { LedgerEvent } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { useChainName } from "./AnchorTag";
import { messages } from "./messages";

const TONE: Partial<Record<LedgerEvent["kind"], string>> = { sealed: "life-done", anchored: "life-done", stamped: "life-done", cosigned: "life-done", orphaned: "life-attention", replaced: "life-attention", abandoned: "life-refused" };

/** What became of a record, oldest first; last the chains that it is still to come to. */
export function Life({ events, waiting }: { events: readonly LedgerEvent[]; waiting: readonly string[] }) {
  const t = useText(messages);
  const code = useCodes();
  const chainName = useChainName();
  return (
    <Section title={t("lifeTitle")} className="life">
      <ol className="timeline">
        {events.map((event, position) => {
          const { tx, reason } = event.params;
          return (
            <li key={position} className={TONE[event.kind]} data-testid="life-event" data-kind={event.kind} data-chain={event.chain ?? ""}>
              {code("ledgerEvent", event.kind, { ...event.params, chain: event.chain ? chainName(event.chain) : "" })}
              {typeof reason === "string" && reason && <span className="meta">{reason}</span>}
              <span className="meta">
                {event.time ? <Time value={event.time} seconds /> : t("timeUnknown")}
                {typeof tx === "string" && event.kind !== "included" && (
                  <>
                    {" · "}
                    <CopyText value={tx} head={10} label={t("transaction")} />
                  </>
                )}
              </span>
            </li>
          );
        })}
        {waiting.map((chain) => (
          <li key={chain} className="life-waiting" data-testid="life-waiting" data-chain={chain}>
            {t("lifeWaiting", { chain: chainName(chain) })}
          </li>
        ))}
      </ol>
    </Section>
  );
}
