import type { ReactNode } from "react";
import { Link, useNavigate, useParams } from "react-router";

import { useResource } from "../../api/queries";
import type { AnchorDetail, CheckpointDetail } from "../../api/types";
import { useHotkeys } from "../../shared/hooks/useHotkeys";
import { usePolling } from "../../shared/hooks/usePolling";
import { useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Facts } from "../../shared/ui/Facts";
import { Time } from "../../shared/ui/figures";
import { Page, Section } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import { AnchorTag, useChainName } from "./AnchorTag";
import { ALGORITHM, checkpointPath } from "./CheckpointTable";
import "./ledger.css";
import { messages } from "./messages";
import { NoteText } from "./NoteText";
import { PublicLog } from "./PublicLog";

export default function CheckpointPage() {
  const t = useText(messages);
  const { channel = "", size = "" } = useParams();
  const query = useResource("/api/v1/ledger/channels/{name}/checkpoints/{size}", { name: channel, size });
  usePolling(["ledger"]);
  const row = query.data;
  return (
    <Page
      title={t("checkpointSize", { size })}
      back={<Neighbours channel={channel} previous={row?.previous ?? null} next={row?.next ?? null} />}
      lead={
        row && (
          <>
            {t("checkpointsOf", { name: channel })} · <Time value={row.time} long />
          </>
        )
      }
    >
      <Loaded query={query} hasData={row !== undefined} rows={10}>
        {row && <Body row={row} />}
      </Loaded>
    </Page>
  );
}

function Neighbours({ channel, previous, next }: { channel: string; previous: number | null; next: number | null }) {
  const t = useText(messages);
  const navigate = useNavigate();
  const go = (size: number | null) => {
    if (size !== null) void navigate(checkpointPath(channel, size));
  };
  useHotkeys({ j: () => go(previous), k: () => go(next) });
  return (
    <>
      <Link to={`/ledger/channels/${channel}`}>← {t("checkpointsOf", { name: channel })}</Link>
      <span className="actions">
        {next !== null && (
          <Link to={checkpointPath(channel, next)} rel="next" data-testid="next">
            ↑ {t("next")} <kbd>k</kbd>
          </Link>
        )}
        {previous !== null && (
          <Link to={checkpointPath(channel, previous)} rel="prev" data-testid="previous">
            ↓ {t("previous")} <kbd>j</kbd>
          </Link>
        )}
      </span>
    </>
  );
}

function Body({ row }: { row: CheckpointDetail }) {
  const t = useText(messages);
  const last = row.size - 1;
  return (
    <>
      <Section title={t("rangeTitle")}>
        <Facts
          facts={[
            [t("range"), row.first === last ? t("rangeOne", { first: last }) : t("rangeText", { first: row.first, last, count: row.size - row.first })],
            [t("time"), <Time key="time" value={row.time} seconds />],
            [t("root"), <CopyText key="root" value={row.root} label={t("root")} testId="root" />],
          ]}
          wide
        />
      </Section>
      <Anchors row={row} />
      <div className="halves">
        <div className="stack">
          <NoteText note={row.note} />
          <Signatures row={row} />
        </div>
        <div className="stack">
          <Cosignatures row={row} />
          <PublicLog channel={row.channel} size={row.size} previous={row.previous} />
        </div>
      </div>
    </>
  );
}

function Anchors({ row }: { row: CheckpointDetail }) {
  const t = useText(messages);
  const reason: Column<AnchorDetail> = { key: "reason", title: t("reason"), wrap: true, render: (anchor) => anchor.reason };
  return (
    <Section title={t("anchorsTitle")} note={t("anchorsNote")}>
      {row.anchors.length === 0 ? (
        <p className="muted">{t("noAnchors")}</p>
      ) : (
        <AnchorTable caption={t("anchorsTitle")} anchors={row.anchors} own={row.size} channel={row.channel} />
      )}
      {row.abandoned.length > 0 && (
        <div className="abandoned">
          <h3>{t("abandonedTitle")}</h3>
          <AnchorTable caption={t("abandonedTitle")} anchors={row.abandoned} own={row.size} channel={row.channel} also={reason} />
        </div>
      )}
    </Section>
  );
}

function AnchorTable({ caption, anchors, own, channel, also }: { caption: string; anchors: readonly AnchorDetail[]; own: number; channel: string; also?: Column<AnchorDetail> }) {
  const t = useText(messages);
  const chainName = useChainName();
  const columns: Column<AnchorDetail>[] = [
    { key: "chain", title: t("chain"), head: true, render: (anchor) => chainName(anchor.chain) },
    {
      key: "state",
      title: t("state"),
      render: (anchor) => (
        <span className="tags">
          <AnchorTag state={anchor.state} />
          {anchor.orphaned > 0 && <StatusTag tone="attention">{t("orphanedTimes", { times: anchor.orphaned })}</StatusTag>}
        </span>
      ),
    },
    {
      key: "size",
      title: t("sentAs"),
      align: "right",
      render: (anchor) => (anchor.size === own ? <span className="num">{anchor.size}</span> : <Link to={checkpointPath(channel, anchor.size)}>{anchor.size}</Link>),
    },
    { key: "records", title: t("published"), align: "right", render: (anchor) => <span className="num">{anchor.records}</span> },
    { key: "block", title: t("blockTime"), render: (anchor) => <Placed anchor={anchor} /> },
    { key: "tx", title: t("transaction"), render: (anchor) => (anchor.tx ? <CopyText value={anchor.tx} head={14} label={t("transaction")} /> : <span className="muted">—</span>) },
    { key: "contract", title: t("contract"), wide: true, render: (anchor) => (anchor.contract ? <CopyText value={anchor.contract} head={12} label={t("contract")} /> : <span className="muted">—</span>) },
    ...(also ? [also] : []),
  ];
  return <DataTable caption={caption} columns={columns} rows={anchors} rowKey={(anchor) => `${anchor.chain}/${anchor.size}/${anchor.changed_at}`} testId="anchor-row" />;
}

function Placed({ anchor }: { anchor: AnchorDetail }): ReactNode {
  const t = useText(messages);
  if (!anchor.time) return <span className="muted">—</span>;
  return (
    <span className="two-lines">
      <Time value={anchor.time} seconds />
      <span className="meta">{anchor.block === null ? t("stamp") : t("block", { block: anchor.block })}</span>
    </span>
  );
}

function Signatures({ row }: { row: CheckpointDetail }) {
  const t = useText(messages);
  return (
    <Section title={t("signaturesTitle")}>
      <ul className="hits">
        {row.keys.map((key) => (
          <li key={key.algorithm} data-testid="signature">
            <strong>{ALGORITHM[key.algorithm] ?? key.algorithm}</strong>
            <span>{key.name}</span>
            <CopyText value={key.public} head={18} label={t("publicKey")} />
            {key.retired_at && (
              <StatusTag tone="idle">
                {t("retired")} <Time value={key.retired_at} />
              </StatusTag>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Cosignatures({ row }: { row: CheckpointDetail }) {
  const t = useText(messages);
  return (
    <Section title={t("cosignaturesTitle")}>
      {row.cosignatures.length === 0 ? (
        <p className="muted">{t("noCosignatures")}</p>
      ) : (
        <ul className="hits">
          {row.cosignatures.map((each) => (
            <li key={each.witness} data-testid="cosignature">
              <strong>{each.witness}</strong>
              <Time value={each.time} seconds />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
