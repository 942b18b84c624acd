import type { ReactNode } from "react";

import type { DocumentDetail } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { DocumentStateTag } from "../../shared/ui/status";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { Link } from "react-router";
import { messages } from "./messages";

/** received → recorded → anchored, with what each stage left behind, and the file's digest. */
export function ProofSteps({ row }: { row: DocumentDetail }) {
  const t = useText(messages);
  const recorded = row.log_index !== null;
  const anchored = row.anchors.length > 0;
  return (
    <Section title={t("proofTitle")} action={<DocumentStateTag state={row.state} />}>
      <ol className="steps">
        <Step title={t("stepReceived")} done>
          <Time value={row.received_at} seconds />
        </Step>
        <Step title={t("stepRecorded")} done={recorded}>
          {recorded ? (
            <>
              {t("logIndex", { index: row.log_index ?? 0 })}
              {row.checkpoint_size !== null && <> · {t("checkpoint", { size: row.checkpoint_size })}</>}
            </>
          ) : (
            t("stepWaiting")
          )}
        </Step>
        <Step title={t("stepAnchored")} done={anchored}>
          {anchored
            ? row.anchors.map((anchor) => (
                <span key={`${anchor.chain}${anchor.tx}`} className="anchor" data-testid="anchor">
                  {t("anchorAt", { chain: anchor.chain, chainId: anchor.chain_id, block: anchor.block })} · <Time value={anchor.time} seconds />
                  <br />
                  {t("transaction")} <CopyText value={anchor.tx} head={18} label={t("transaction")} />
                </span>
              ))
            : t("stepWaiting")}
        </Step>
      </ol>
      <div className="digest">
        <span className="meta">{t("digest")}</span>
        <CopyText value={row.digest} label={t("digest")} testId="digest" />
        <p className="meta">
          {t("bundleHint")}
          <Link to="/verify">{t("bundleHintLink")}</Link>
          {t("bundleHintEnd")}
        </p>
      </div>
    </Section>
  );
}

function Step({ title, done, children }: { title: string; done: boolean; children: ReactNode }) {
  return (
    <li className={done ? "step step-done" : "step"}>
      <strong>
        <ToneIcon tone={done ? "done" : "idle"} /> {title}
      </strong>
      <div className="meta">{children}</div>
    </li>
  );
}
