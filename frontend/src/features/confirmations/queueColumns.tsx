import { Link } from "react-router";

import type { ConfirmationRow } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import type { Column } from "../../shared/ui/DataTable";
import { Money, Time } from "../../shared/ui/figures";
import { ConfirmationTag } from "../../shared/ui/status";
import { StatusTag } from "../../shared/ui/StatusTag";
import { TypedIn } from "../../shared/ui/TypedIn";
import { deskMessages } from "./deskMessages";
import { Differences } from "./Differences";
import { messages } from "./messages";

interface Selection {
  chosen: ReadonlySet<string>;
  toggle: (id: string) => void;
  selectable: (row: ConfirmationRow) => boolean;
}

export function useQueueColumns({ chosen, toggle, selectable }: Selection): Column<ConfirmationRow>[] {
  const t = useText(messages);
  const d = useText(deskMessages);
  const code = useCodes();
  const name = (row: ConfirmationRow) => `${code("documentKind", row.document.kind)} ${row.document.number}`;
  return [
    {
      key: "select",
      title: t("pick"),
      action: true,
      render: (row) =>
        selectable(row) && (
          <span className="above-link">
            <input type="checkbox" checked={chosen.has(row.id)} onChange={() => toggle(row.id)} aria-label={d("select", { document: name(row) })} data-testid="queue-select" />
          </span>
        ),
    },
    {
      key: "document",
      title: t("document"),
      head: true,
      render: (row) => (
        <span className="two-lines">
          <span>{name(row)}</span>
          {row.document.typed_in_by && (
            <span>
              <TypedIn by={row.document.typed_in_by} />
            </span>
          )}
        </span>
      ),
    },
    { key: "supplier", title: t("supplier"), render: (row) => row.supplier.name },
    { key: "order", title: t("order"), wide: true, render: (row) => row.trade.order_number || <span className="muted">—</span> },
    { key: "amount", title: t("amount"), align: "right", render: (row) => <Money value={row.amount} currency={row.currency} /> },
    {
      key: "differences",
      title: t("differences"),
      wrap: true,
      render: (row) => (row.mismatches > 0 ? <Differences rows={row.differences} /> : <StatusTag tone="done">{t("noDifferences")}</StatusTag>),
    },
    {
      key: "deadline",
      title: t("deadline"),
      render: (row) => (
        <span className="tags">
          <Time value={row.deadline} />
          {row.state === "pending" && new Date(row.deadline).getTime() < Date.now() && <StatusTag tone="refused">{t("overdue")}</StatusTag>}
        </span>
      ),
    },
    {
      key: "state",
      title: t("state"),
      render: (row) => (
        <span className="tags">
          <ConfirmationTag state={row.state} />
          {row.rest_disputed && <StatusTag tone="refused">{d("restIsDisputed")}</StatusTag>}
          {row.proposal && (
            <Link className="above-link" to="/desk/proposals">
              {d("pendingProposal")}
            </Link>
          )}
        </span>
      ),
    },
  ];
}
