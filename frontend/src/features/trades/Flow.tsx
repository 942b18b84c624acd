import type { ReactNode } from "react";
import { Link } from "react-router";

import type { TradeDetail, TradeDocument } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Day, Money } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { ConfirmationTag, DocumentStateTag } from "../../shared/ui/status";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

const STAGES: readonly { kind: string; also: readonly string[] }[] = [
  { kind: "order", also: ["order_response", "order_change", "order_cancellation"] },
  { kind: "despatch_advice", also: [] },
  { kind: "receipt_advice", also: [] },
  { kind: "invoice", also: ["debit_note", "credit_note", "remittance_advice"] },
];
const STAGED = new Set(STAGES.flatMap((stage) => [stage.kind, ...stage.also]));

/** order → despatch → receipt → invoice → 确权 → chain, each stage with its documents or the word that it is missing. */
export function Flow({ trade }: { trade: TradeDetail }) {
  const t = useText(messages);
  const code = useCodes();
  const anchored = trade.documents.filter((row) => row.document.state === "anchored").length;
  const total = trade.documents.length;
  const other = trade.documents.filter((row) => !STAGED.has(row.kind));
  const rung = trade.right?.rung ?? 0;
  return (
    <Section title={t("flowTitle")}>
      <ol className="flow">
        {STAGES.map((stage) => {
          const rows = trade.documents.filter((row) => row.kind === stage.kind || stage.also.includes(row.kind));
          return (
            <Stage key={stage.kind} title={code("documentKind", stage.kind)} done={rows.some((row) => row.kind === stage.kind)}>
              {rows.length === 0 ? t("flowMissing") : rows.map((row) => <Paper key={row.id} row={row} main={row.kind === stage.kind} />)}
            </Stage>
          );
        })}
        <Stage title={t("flowRight")} done={rung >= 3}>
          {rung > 0 ? t("rungOf", { rung, name: code("rung", String(rung)) }) : t("flowMissing")}
        </Stage>
        <Stage title={t("flowChain")} done={total > 0 && anchored === total}>
          {t("flowChainState", { anchored, total })}
        </Stage>
      </ol>
      {other.length + trade.attachments.length > 0 && (
        <div className="flow-other">
          <h3>{t("flowOther")}</h3>
          {other.map((row) => (
            <Paper key={row.id} row={row} main={false} />
          ))}
          {trade.attachments.map((row) => (
            <div key={row.id} className="paper" data-testid="trade-attachment">
              <Link to={`/documents/${row.id}`}>{row.filename}</Link>
              <span className="tags">
                <DocumentStateTag state={row.state} />
              </span>
            </div>
          ))}
        </div>
      )}
    </Section>
  );
}

function Stage({ title, done, children }: { title: string; done: boolean; children: ReactNode }) {
  return (
    <li className={done ? "step step-done" : "step"}>
      <strong>
        <ToneIcon tone={done ? "done" : "idle"} /> {title}
      </strong>
      <div className="meta">{children}</div>
    </li>
  );
}

function Paper({ row, main }: { row: TradeDocument; main: boolean }) {
  const code = useCodes();
  const name = row.number || row.document.filename;
  return (
    <div className="paper" data-testid="trade-document" data-kind={row.kind}>
      <Link to={`/documents/${row.id}`}>{main ? name : `${code("documentKind", row.kind)} ${name}`}</Link>
      <Day value={row.issue_date} />
      {row.total !== null && <Money value={row.total} currency={row.currency} />}
      <span className="tags">
        <DocumentStateTag state={row.document.state} />
        {row.confirmation_state !== "not_required" && <ConfirmationTag state={row.confirmation_state} />}
      </span>
    </div>
  );
}
