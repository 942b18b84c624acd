import type { FinancingRequestDetail } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Day, Money } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { StatusTag } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

/** The rights of a request, as they were when it was asked on and as they are now. */
export function RequestedRights({ row }: { row: FinancingRequestDetail }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <Section title={t("rightsInRequest")}>
      <DataTable
        caption={t("rightsInRequest")}
        rows={row.rights}
        rowKey={(right) => right.right}
        href={(right) => `/trades/${right.trade}`}
        testId="requested-right"
        columns={[
          { key: "order", title: t("order"), head: true, render: (right) => right.order_number || t("orderMissing") },
          { key: "rung", title: t("rung"), render: (right) => code("rung", String(right.rung_now)) },
          { key: "then", title: t("baseThen"), align: "right", wide: true, render: (right) => <Money value={right.base} currency={row.currency} /> },
          { key: "now", title: t("baseNow"), align: "right", render: (right) => <Money value={right.base_now} currency={row.currency} /> },
          { key: "supported", title: t("supportedNow"), align: "right", render: (right) => <Money value={right.supported_now} currency={row.currency} /> },
          { key: "due", title: t("due"), render: (right) => <Day value={right.due_date} /> },
          { key: "missing", title: t("missing"), wrap: true, render: (right) => (right.missing[0] ? code("missing", right.missing[0]) : "") },
          {
            key: "state",
            title: t("state"),
            render: (right) => <StatusTag tone={right.state === "free" ? "idle" : "done"}>{code("rightState", right.state)}</StatusTag>,
          },
        ]}
      />
      {row.hidden_rights > 0 && <p className="note note-attention">{t("hidden", { count: row.hidden_rights })}</p>}
    </Section>
  );
}
