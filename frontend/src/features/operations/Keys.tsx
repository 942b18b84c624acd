import { Button } from "antd";
import { useState } from "react";

import { useResource } from "../../api/queries";
import type { PublisherKey } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Section } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import { KeyLife } from "./KeyLife";
import { ledgerMessages } from "./ledgerMessages";
import { RotateDialog } from "./RotateDialog";

/** The platform's own keys, which of them signed what, and their change. */
export function Keys() {
  const t = useText(ledgerMessages);
  const query = useResource("/api/v1/ledger/keys");
  const [rotating, setRotating] = useState<PublisherKey | null>(null);
  const columns = useColumns(setRotating);
  const keys = query.data?.keys;
  return (
    <Section title={t("keysTitle")} note={t("keysNote")}>
      <Loaded query={query} hasData={keys !== undefined} rows={4}>
        {keys && (keys.length === 0 ? <Empty title={t("noKeys")}>{t("noKeysText")}</Empty> : <DataTable caption={t("keysTitle")} columns={columns} rows={keys} rowKey={(key) => key.id} testId="key-row" />)}
      </Loaded>
      {rotating && <RotateDialog row={rotating} onClose={() => setRotating(null)} />}
    </Section>
  );
}

function useColumns(rotate: (row: PublisherKey) => void): Column<PublisherKey>[] {
  const t = useText(ledgerMessages);
  const code = useCodes();
  return [
    {
      key: "name",
      title: t("key"),
      head: true,
      render: (row) => (
        <span className="two-lines">
          <span>{row.name}</span>
          <span className="meta">{code("keyAlgorithm", row.algorithm)}</span>
        </span>
      ),
    },
    {
      key: "state",
      title: t("state"),
      render: (row) => <StatusTag tone={row.is_active ? "done" : "idle"}>{t(row.is_active ? "keyActive" : "keyRetired")}</StatusTag>,
    },
    { key: "public", title: t("publicKey"), wide: true, render: (row) => <CopyText value={row.public} head={12} label={t("publicKey")} /> },
    { key: "signed", title: t("signed"), wrap: true, render: (row) => <Signed row={row} /> },
    {
      key: "since",
      title: t("inForce"),
      render: (row) => <KeyLife created={row.created_at} retired={row.retired_at} />,
    },
    {
      key: "action",
      title: t("action"),
      action: true,
      render: (row) =>
        row.is_active &&
        (row.algorithm !== "secp256k1" || row.chains.length > 0) && (
          <Button size="small" onClick={() => rotate(row)} data-testid="rotate-key">
            {t("rotate")}
          </Button>
        ),
    },
  ];
}

function Signed({ row }: { row: PublisherKey }) {
  const t = useText(ledgerMessages);
  const code = useCodes();
  if (row.signed.length + row.chains.length === 0) return <span className="muted">{t("signedNothing")}</span>;
  return (
    <span className="two-lines">
      {row.signed.map((each) => (
        <span key={each.channel}>{t("signedCheckpoints", { channel: each.channel, count: each.checkpoints, first: each.first_size, last: each.last_size })}</span>
      ))}
      {row.chains.map((each) => (
        <span key={each.chain}>{t("signedTransactions", { chain: code("chainName", each.chain, {}, each.chain), count: each.transactions })}</span>
      ))}
    </span>
  );
}
