import { Button } from "antd";
import { useState } from "react";

import { useList } from "../../api/queries";
import type { Organisation } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { ClientDialog } from "./ClientDialog";
import { CreateDialog } from "./CreateDialog";
import { messages } from "./messages";

export default function OrganisationsPage() {
  const t = useText(messages);
  const code = useCodes();
  const list = useList("/api/v1/organisations");
  const networks = useList("/api/v1/networks", {}, { pageSize: 100 });
  const [creating, setCreating] = useState(false);
  const [clientFor, setClientFor] = useState<Organisation | null>(null);

  const columns: Column<Organisation>[] = [
    {
      key: "name",
      title: t("name"),
      head: true,
      render: (row) => (
        <span className="two-lines">
          <span>{row.name}</span>
          {row.name_en && <span className="meta">{row.name_en}</span>}
        </span>
      ),
    },
    { key: "network", title: t("network"), render: (row) => row.network.name },
    { key: "roles", title: t("roles"), render: (row) => row.roles.map((role) => code("role", role)).join(" · ") },
    { key: "identifiers", title: t("identifiers"), wrap: true, render: (row) => <span className="mono">{row.identifiers.map((each) => each.value).join(" · ")}</span> },
    { key: "listed", title: t("listedYes"), wide: true, render: (row) => (row.listed ? t("listedYes") : t("listedNo")) },
    {
      key: "action",
      title: t("action"),
      action: true,
      render: (row) => (
        <Button size="small" onClick={() => setClientFor(row)} data-testid="create-client">
          {t("client")}
        </Button>
      ),
    },
  ];
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      action={
        <Button type="primary" onClick={() => setCreating(true)} data-testid="create-organisation">
          {t("create")}
        </Button>
      }
    >
      <Loaded query={list} hasData={list.data !== undefined}>
        {list.rows.length === 0 ? (
          <section className="card">
            <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>
          </section>
        ) : (
          <>
            <DataTable caption={t("listTitle")} columns={columns} rows={list.rows} rowKey={(row) => row.id} testId="organisation-row" />
            <ListFooter list={list} count={list.rows.length} />
          </>
        )}
      </Loaded>
      {creating && <CreateDialog networks={networks.rows} onClose={() => setCreating(false)} />}
      {clientFor && <ClientDialog organisation={clientFor} onClose={() => setClientFor(null)} />}
    </Page>
  );
}
