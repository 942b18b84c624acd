import type { ReactNode } from "react";

import { useSession } from "../../api/queries";
import type { DocumentDetail } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
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
  const code = useCodes();
  const anchored = row.state === "anchored";
  const own = useSession().data?.organisation?.id === row.owner.id;
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
          {own && (
            <>
              {" · "}
              <Link to={`/ledger/records/${row.record.id}`} data-testid="ledger-record">
                {t("ledgerRecord")}
              </Link>
            </>
          )}
        </Step>
        <Step title={t("stepAnchored")} done={anchored}>
          {row.anchors.map((anchor) => (
            <AnchorLine key={anchor.chain} anchor={anchor} name={code("chainName", anchor.chain, {}, anchor.chain)} />
          ))}
          {!anchored && row.anchors.length > 0 && <p>{t("anchoredOn", { count: row.anchors.length, required: row.anchors_required })}</p>}
          {!anchored && t("stepWaiting")}
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

/** One chain's block and transaction, or a time-stamp authority's time. */
function AnchorLine({ anchor, name }: { anchor: DocumentDetail["anchors"][number]; name: string }) {
  const t = useText(messages);
  return (
    <span className="anchor" data-testid="anchor">
      {anchor.block === null ? t("stampedBy", { authority: name }) : t("anchorAt", { chain: name, chainId: anchor.chain_id ?? "", block: anchor.block })} · <Time value={anchor.time} seconds />
      {anchor.tx !== null && (
        <>
          <br />
          {t("transaction")} <CopyText value={anchor.tx} head={18} label={t("transaction")} />
        </>
      )}
    </span>
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
