import type { AnchorState, CheckpointAnchor } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Time } from "../../shared/ui/figures";
import { StatusTag, type Tone } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

export const ANCHOR_TONE: Record<AnchorState, Tone> = { prepared: "running", included: "running", anchored: "done", orphaned: "attention", abandoned: "refused" };

export function AnchorTag({ state }: { state: AnchorState }) {
  const code = useCodes();
  return (
    <StatusTag tone={ANCHOR_TONE[state]} testId={`anchor-${state}`}>
      {code("anchorState", state)}
    </StatusTag>
  );
}

/** A chain's name in words; a name that nobody gave words stays as it is. */
export function useChainName(): (name: string) => string {
  const code = useCodes();
  return (name) => code("chainName", name, {}, name);
}

/** Where a checkpoint stands on one chain: state, block or stamp, and with which later checkpoint it came there. */
export function AnchorCell({ anchor, size }: { anchor: CheckpointAnchor | undefined; size: number }) {
  const t = useText(messages);
  if (!anchor) return <span className="muted">{t("notSent")}</span>;
  return (
    <span className="two-lines">
      <span className="tags">
        <AnchorTag state={anchor.state} />
      </span>
      <span className="meta">
        {anchor.block !== null ? <span className="num">{t("block", { block: anchor.block })}</span> : anchor.time && <Time value={anchor.time} />}
        {anchor.size > size && (
          <>
            {(anchor.block !== null || anchor.time) && " · "}
            {t("coveredBy", { size: anchor.size })}
          </>
        )}
      </span>
    </span>
  );
}
