import type { Checkpoint } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Time } from "../../shared/ui/figures";
import { AnchorCell, useChainName } from "./AnchorTag";
import { messages } from "./messages";

export function checkpointPath(channel: string, size: number): string {
  return `/ledger/checkpoints/${channel}/${size}`;
}

/** Checkpoints, one column for each chain. */
export function CheckpointTable({ rows, chains, caption }: { rows: readonly Checkpoint[]; chains: readonly string[]; caption: string }) {
  const t = useText(messages);
  const chainName = useChainName();
  const several = new Set(rows.map((row) => row.channel)).size > 1;
  const columns: (Column<Checkpoint> | false)[] = [
    { key: "size", title: t("checkpoint"), head: true, render: (row) => <span className="num">{several ? `${row.channel} ${row.size}` : row.size}</span> },
    { key: "new", title: t("newRecords"), align: "right", render: (row) => <span className="num">{t("newCount", { count: row.size - row.first })}</span> },
    { key: "root", title: t("root"), wide: true, render: (row) => <CopyText value={row.root} head={12} label={t("root")} /> },
    { key: "time", title: t("time"), render: (row) => <Time value={row.time} seconds /> },
    {
      key: "signed",
      title: t("signedBy"),
      wide: true,
      render: (row) => <span className="meta">{row.keys.map((key) => ALGORITHM[key.algorithm]).join(" · ")}</span>,
    },
    {
      key: "cosigned",
      title: t("cosigned"),
      wide: true,
      render: (row) => (row.cosignatures.length ? <span title={row.cosignatures.map((each) => each.witness).join("\n")}>{t("cosignedBy", { count: row.cosignatures.length })}</span> : <span className="muted">—</span>),
    },
    ...chains.map(
      (chain): Column<Checkpoint> => ({
        key: `chain-${chain}`,
        title: chainName(chain),
        render: (row) => <AnchorCell anchor={row.anchors.find((anchor) => anchor.chain === chain)} size={row.size} />,
      }),
    ),
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns.filter((column) => column !== false)}
      rows={rows}
      rowKey={(row) => `${row.channel}/${row.size}`}
      href={(row) => checkpointPath(row.channel, row.size)}
      testId="checkpoint-row"
    />
  );
}

export const ALGORITHM: Readonly<Record<string, string>> = { "sm2-sm3": "SM2", ed25519: "Ed25519", secp256k1: "secp256k1" };
