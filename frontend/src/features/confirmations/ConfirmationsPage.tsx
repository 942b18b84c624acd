import { Button } from "antd";
import { useMemo, useState } from "react";
import { Link } from "react-router";

import { useList, useResource } from "../../api/queries";
import type { ConfirmationRow } from "../../api/types";
import { useFilters } from "../../shared/hooks/useFilters";
import { useHotkeys, useListKeys } from "../../shared/hooks/useHotkeys";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Money } from "../../shared/ui/figures";
import { Choice, FilterBar, SearchField } from "../../shared/ui/Filters";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page } from "../../shared/ui/Page";
import { Segments } from "../../shared/ui/Segments";
import { Empty, Loaded } from "../../shared/ui/states";
import { BulkDialog } from "./BulkDialog";
import "./confirmations.css";
import { deskMessages } from "./deskMessages";
import { asked, QUEUE_DEFAULTS, QUEUE_FILTERS } from "./filters";
import { messages } from "./messages";
import { useQueueColumns } from "./queueColumns";
import { sumOf } from "./signing";

const MOST = 500;
const KINDS = ["order", "receipt_advice", "invoice"] as const;

/** Whether a document can be confirmed, alone or by proposal. */
function selectable(row: ConfirmationRow): boolean {
  return row.allowed_actions.includes("confirm") || row.allowed_actions.includes("propose");
}

export default function ConfirmationsPage() {
  const t = useText(messages);
  const d = useText(deskMessages);
  const { filters, set, clear, search } = useFilters(QUEUE_FILTERS, QUEUE_DEFAULTS);
  const list = useList("/api/v1/confirmations", asked(filters));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [signing, setSigning] = useState(false);
  const rows = list.rows;
  const picked = useMemo(() => rows.filter((row) => chosen.has(row.id) && selectable(row)), [rows, chosen]);
  const toggle = (id: string) =>
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(id) && next.size < MOST) next.add(id);
      return next;
    });
  const columns = useQueueColumns({ chosen, toggle, selectable });
  const pending = filters.state === "pending";
  useListKeys();
  useHotkeys({ x: () => toggleFocused(rows, toggle) });

  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      action={
        <span className="actions">
          <Link to="/desk/proposals" data-testid="open-proposals">
            {d("proposals")}
          </Link>
          <Link to="/desk" data-testid="open-desk">
            {d("settings")}
          </Link>
        </span>
      }
    >
      <div className="spread">
        <Segments
          label={t("view")}
          value={filters.state}
          onChange={(value) => set("state", value)}
          options={[
            ["pending", t("pending")],
            ["partial", t("partial")],
            ["confirmed", t("confirmed")],
            ["disputed", t("disputed")],
          ]}
        />
        <span className="hint-keys">{d("keys")}</span>
      </div>
      <QueueFilters filters={filters} set={set} clear={clear} />
      {picked.length > 0 && <SelectionBar rows={picked} onSign={() => setSigning(true)} onClear={() => setChosen(new Set())} />}
      <Loaded query={list} hasData={list.data !== undefined} rows={8}>
        {rows.length > 0 ? (
          <>
            {pending && (
              <p>
                <button type="button" className="link-button" onClick={() => setChosen(new Set(rows.filter((row) => selectable(row) && row.mismatches === 0).slice(0, MOST).map((row) => row.id)))} data-testid="select-agreeing">
                  {d("selectAgreeing")}
                </button>
              </p>
            )}
            <DataTable caption={t("listTitle")} columns={columns} rows={rows} rowKey={(row) => row.id} href={(row) => `/confirmations/${row.id}${search}`} testId="queue-row" />
            <ListFooter list={list} count={rows.length} />
          </>
        ) : (
          <section className="card">
            <Empty title={pending ? t("emptyPending") : t("emptyOther")}>{pending ? t("emptyPendingText") : t("emptyOtherText")}</Empty>
          </section>
        )}
      </Loaded>
      {signing && picked.length > 0 && (
        <BulkDialog
          rows={picked}
          onClose={() => setSigning(false)}
          onLeaveOut={(ids) => setChosen(new Set([...chosen].filter((id) => !ids.includes(id))))}
          onDone={() => {
            setSigning(false);
            setChosen(new Set());
          }}
        />
      )}
    </Page>
  );
}

/** The key x selects the row whose link has the focus. */
function toggleFocused(rows: readonly ConfirmationRow[], toggle: (id: string) => void): void {
  const id = document.activeElement?.closest("tr")?.dataset.id;
  const row = rows.find((each) => each.id === id);
  if (row && selectable(row)) toggle(row.id);
}

type Filters = Record<(typeof QUEUE_FILTERS)[number], string>;

function QueueFilters({ filters, set, clear }: { filters: Filters; set: (name: (typeof QUEUE_FILTERS)[number], value: string) => void; clear: (() => void) | null }) {
  const d = useText(deskMessages);
  const code = useCodes();
  const suppliers = useResource("/api/v1/confirmations/desk").data?.suppliers ?? [];
  return (
    <FilterBar onClear={clear}>
      <Choice label={d("supplierFilter")} value={filters.supplier} onChange={(value) => set("supplier", value)} options={suppliers.map((row) => [row.id, row.name])} testId="filter-supplier" />
      <Choice label={d("kind")} value={filters.kind} onChange={(value) => set("kind", value)} options={KINDS.map((kind) => [kind, code("documentKind", kind)])} testId="filter-kind" />
      <SearchField label={d("amountFrom")} value={filters.amount_from} onChange={(value) => set("amount_from", value)} />
      <SearchField label={d("amountTo")} value={filters.amount_to} onChange={(value) => set("amount_to", value)} />
      <label className="check">
        <input type="checkbox" checked={filters.overdue === "true"} onChange={(event) => set("overdue", event.target.checked ? "true" : "")} data-testid="filter-overdue" />
        {d("overdueOnly")}
      </label>
      <Choice
        label={d("sort")}
        value={filters.sort}
        any={null}
        onChange={(value) => set("sort", value)}
        options={[
          ["deadline", d("byDeadline")],
          ["amount", d("byAmount")],
        ]}
        testId="queue-sort"
      />
    </FilterBar>
  );
}

function SelectionBar({ rows, onSign, onClear }: { rows: readonly ConfirmationRow[]; onSign: () => void; onClear: () => void }) {
  const d = useText(deskMessages);
  const total = sumOf(rows);
  const proposes = rows.some((row) => row.needs.people > 1);
  return (
    <div className="note spread selection-bar" role="status" data-testid="selection">
      <span>
        {d("selected", { count: rows.length })} {total && <Money value={total.amount} currency={total.currency} wan />}
      </span>
      <span className="actions">
        <Button onClick={onClear}>{d("clearSelection")}</Button>
        <Button type="primary" onClick={onSign} data-testid="bulk-open">
          {d(proposes ? "proposeSelected" : "signSelected", { count: rows.length })}
        </Button>
      </span>
    </div>
  );
}
