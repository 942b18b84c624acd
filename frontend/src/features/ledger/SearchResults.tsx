import type { ReactNode } from "react";
import { Link } from "react-router";

import { useList, useSession } from "../../api/queries";
import type { Document, LedgerFound, Role } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { DocumentStateTag } from "../../shared/ui/status";
import { AnchorTag, useChainName } from "./AnchorTag";
import { checkpointPath } from "./CheckpointTable";
import { messages } from "./messages";
import { useLedgerSearch } from "./queries";
import { RecordChains, RecordName } from "./RecordName";

const BUSINESS: readonly Role[] = ["supplier", "core_enterprise", "financier"];
const SHOWN_DOCUMENTS = 5;

/** What was found: in the ledger by the ledger's names for things, and among the documents that one may see. */
export function SearchResults({ text, onClose }: { text: string; onClose: () => void }) {
  const t = useText(messages);
  const session = useSession();
  const business = session.data?.roles.some((role) => BUSINESS.includes(role)) ?? false;
  const ledger = useLedgerSearch(text);
  const documents = useList("/api/v1/documents", { search: text }, { pageSize: SHOWN_DOCUMENTS, enabled: business });
  const found = ledger.data;
  const shown = text.length > 18 ? `${text.slice(0, 16)}…` : text;
  const settled = found !== undefined && (!business || (documents.data !== undefined && !documents.isPlaceholderData));
  const nothing = found && found.records.length + found.checkpoints.length + found.anchors.length + (business ? documents.rows.length : 0) === 0;

  return (
    <Section
      title={t("resultsTitle", { q: shown })}
      testId="search-results"
      action={
        <button type="button" className="link-button" onClick={onClose}>
          {t("closeResults")}
        </button>
      }
    >
      <Loaded query={ledger.isError ? ledger : documents.isError ? documents : ledger} hasData={settled} rows={3}>
        {nothing && <Empty title={t("nothingFound", { q: shown })}>{t("nothingFoundText")}</Empty>}
        {settled && !nothing && (
          <div className="stack">
            {business && documents.rows.length > 0 && (
              <Hits title={t("foundDocuments")} more={documents.hasNextPage && <Link to={`/documents?search=${encodeURIComponent(text)}`}>{t("moreDocuments")}</Link>}>
                {documents.rows.map((row) => (
                  <DocumentHit key={row.id} row={row} own={row.owner.id === session.data?.organisation?.id} />
                ))}
              </Hits>
            )}
            <LedgerHits found={found} />
          </div>
        )}
      </Loaded>
    </Section>
  );
}

function Hits({ title, more, children }: { title: string; more?: ReactNode; children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      <ul className="hits">{children}</ul>
      {more}
    </section>
  );
}

/** A document, and below it its own records in the ledger. */
function DocumentHit({ row, own }: { row: Document; own: boolean }) {
  const t = useText(messages);
  const code = useCodes();
  const records = useList("/api/v1/ledger/records", { subject: row.id }, { pageSize: 5, enabled: own });
  return (
    <li data-testid="found-document">
      <Link to={`/documents/${row.id}`}>{row.number ? `${code("documentKind", row.kind)} ${row.number}` : row.filename}</Link>
      <DocumentStateTag state={row.state} />
      <CopyText value={row.digest} head={12} label="SM3" />
      {records.rows.length > 0 && (
        <ul className="hits">
          {records.rows.map((record) => (
            <li key={record.id} data-testid="found-record">
              <Link to={`/ledger/records/${record.id}`}>
                {t("recordOf")} · <RecordName record={record} />
              </Link>
              <RecordChains record={record} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function LedgerHits({ found }: { found: LedgerFound }) {
  const t = useText(messages);
  const chainName = useChainName();
  return (
    <>
      {found.records.length > 0 && (
        <Hits title={t("foundRecords")}>
          {found.records.map((record) => (
            <li key={record.id} data-testid="found-record">
              <Link to={`/ledger/records/${record.id}`}>
                <RecordName record={record} />
              </Link>
              <RecordChains record={record} />
              <Time value={record.time} seconds />
            </li>
          ))}
        </Hits>
      )}
      {found.checkpoints.length > 0 && (
        <Hits title={t("foundCheckpoints")}>
          {found.checkpoints.map((row) => (
            <li key={`${row.channel}/${row.size}`} data-testid="found-checkpoint">
              <Link to={checkpointPath(row.channel, row.size)}>
                {row.channel} · {t("checkpointSize", { size: row.size })}
              </Link>
              <CopyText value={row.root} head={12} label={t("root")} />
              <Time value={row.time} seconds />
            </li>
          ))}
        </Hits>
      )}
      {found.anchors.length > 0 && (
        <Hits title={t("foundAnchors")}>
          {found.anchors.map((anchor) => (
            <li key={`${anchor.chain}/${anchor.channel}/${anchor.size}/${anchor.tx}`} data-testid="found-anchor">
              <Link to={checkpointPath(anchor.channel, anchor.size)}>
                {chainName(anchor.chain)}
                {anchor.block !== null && ` · ${t("block", { block: anchor.block })}`} · {anchor.channel} {t("checkpointSize", { size: anchor.size })}
              </Link>
              <AnchorTag state={anchor.state} />
              {anchor.tx && <CopyText value={anchor.tx} head={14} label={t("transaction")} />}
            </li>
          ))}
        </Hits>
      )}
    </>
  );
}
