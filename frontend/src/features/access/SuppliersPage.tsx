import { Button } from "antd";
import { useState } from "react";

import { useList } from "../../api/queries";
import type { Supplier } from "../../api/types";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import { AskDialog } from "./AskDialog";
import { messages } from "./messages";

export default function SuppliersPage() {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const list = useList("/api/v1/suppliers");
  const requests = useList("/api/v1/access-requests");
  const grants = useList("/api/v1/grants");
  const [asking, setAsking] = useState<Supplier | null>(null);

  const standing = (row: Supplier) => {
    if (grants.rows.some((grant) => grant.owner.id === row.id && grant.state === "active")) return <StatusTag tone="done">{code("grantState", "active")}</StatusTag>;
    const last = requests.rows.find((request) => request.owner.id === row.id);
    if (last?.state === "requested") return <StatusTag tone="running">{code("accessRequestState", "requested")}</StatusTag>;
    if (last?.state === "declined") return <StatusTag tone="refused">{code("accessRequestState", "declined")}</StatusTag>;
    const ended = grants.rows.find((grant) => grant.owner.id === row.id);
    return <span className="muted">{ended ? code("grantState", ended.state) : t("noStanding")}</span>;
  };
  const columns: Column<Supplier>[] = [
    {
      key: "name",
      title: t("supplier"),
      head: true,
      render: (row) => (
        <span className="two-lines">
          <span>{(language === "en" && row.name_en) || row.name}</span>
          {row.name_en && <span className="meta">{language === "en" ? row.name : row.name_en}</span>}
        </span>
      ),
    },
    { key: "standing", title: t("standing"), render: standing },
    {
      key: "ask",
      title: t("ask"),
      action: true,
      align: "right",
      render: (row) => (
        <Button type="primary" ghost onClick={() => setAsking(row)} data-testid="request-access" aria-label={t("askLabel", { name: row.name })}>
          {t("ask")}
        </Button>
      ),
    },
  ];
  return (
    <Page title={t("suppliersTitle")} lead={t("suppliersLead")}>
      <Loaded query={list} hasData={list.data !== undefined}>
        {list.rows.length === 0 ? (
          <section className="card">
            <Empty title={t("emptySuppliers")}>{t("emptySuppliersText")}</Empty>
          </section>
        ) : (
          <>
            <DataTable caption={t("listTitle")} columns={columns} rows={list.rows} rowKey={(row) => row.id} testId="supplier-row" />
            <ListFooter list={list} count={list.rows.length} />
          </>
        )}
      </Loaded>
      {asking && <AskDialog supplier={asking} onClose={() => setAsking(null)} />}
    </Page>
  );
}
