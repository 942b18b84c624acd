import { useList, useSession } from "../../api/queries";
import type { Notice } from "../../api/types";
import { useFilters } from "../../shared/hooks/useFilters";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Money, Time } from "../../shared/ui/figures";
import { Choice, FilterBar } from "../../shared/ui/Filters";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { StatusTag, type Tone } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

const STATES = ["prepared", "sent", "acknowledged", "lifted"] as const;
const TONES: Record<Notice["state"], Tone> = { prepared: "running", sent: "attention", acknowledged: "done", lifted: "idle" };

export function NoticeTag({ state }: { state: Notice["state"] }) {
  const code = useCodes();
  return (
    <StatusTag tone={TONES[state]} testId="notice-state">
      {code("noticeState", state)}
    </StatusTag>
  );
}

/** Notices to debtors: a core enterprise's to acknowledge, and those about a supplier's or funder's loans. */
export default function NoticesPage() {
  const t = useText(messages);
  const code = useCodes();
  const session = useSession();
  const isDebtor = session.data?.roles.includes("core_enterprise") ?? false;
  const { filters, set, clear } = useFilters(["state"]);
  const list = useList("/api/v1/financing/notices", filters);
  return (
    <Page title={t("title")} lead={t(isDebtor ? "leadDebtor" : "leadOthers")}>
      <FilterBar onClear={clear}>
        <Choice label={t("state")} value={filters.state} onChange={(value) => set("state", value)} options={STATES.map((state) => [state, code("noticeState", state)])} />
      </FilterBar>
      <Loaded query={list} hasData={list.data !== undefined} rows={4}>
        {list.rows.length === 0 ? (
          <section className="card">
            <Empty title={t("emptyTitle")}>{t(isDebtor ? "emptyDebtor" : "emptyOthers")}</Empty>
          </section>
        ) : (
          <>
            <DataTable
              caption={t("title")}
              rows={list.rows}
              rowKey={(row) => row.id}
              href={(row) => `/notices/${row.id}`}
              testId="notice-row"
              columns={[
                { key: "kind", title: t("kind"), head: true, render: (row) => t(`kind_${row.method}`) },
                { key: "supplier", title: t("supplier"), wrap: true, render: (row) => row.supplier.name },
                { key: "holder", title: t("holder"), wrap: true, render: (row) => row.holder.name },
                { key: "total", title: t("total"), align: "right", render: (row) => <Money value={row.total} currency={row.currency} /> },
                { key: "sent", title: t("sent"), wide: true, render: (row) => <Time value={row.sent_at} /> },
                { key: "state", title: t("state"), render: (row) => <NoticeTag state={row.state} /> },
              ]}
            />
            <ListFooter list={list} count={list.rows.length} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
