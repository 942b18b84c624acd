import { Button } from "antd";
import { useState } from "react";

import { useList } from "../../api/queries";
import type { Programme } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Money } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { StatusTag, type Tone } from "../../shared/ui/StatusTag";
import { messages } from "./messages";
import { ProgrammeDialog } from "./ProgrammeDialog";

const TONES: Record<Programme["state"], Tone> = { draft: "idle", proposed: "attention", active: "done", suspended: "attention", closed: "idle" };

export function ProgrammeTag({ state }: { state: Programme["state"] }) {
  const code = useCodes();
  return (
    <StatusTag tone={TONES[state]} testId="programme-state">
      {code("programmeState", state)}
    </StatusTag>
  );
}

/** A funder's programmes. */
export default function ProgrammesPage() {
  const t = useText(messages);
  const [adding, add] = useState(false);
  const list = useList("/api/v1/financing/programmes");
  const button = (
    <Button type="primary" onClick={() => add(true)} data-testid="new-programme">
      {t("newProgramme")}
    </Button>
  );
  return (
    <Page title={t("title")} lead={t("lead")} action={button}>
      <Loaded query={list} hasData={list.data !== undefined} rows={4}>
        {list.rows.length === 0 ? (
          <section className="card">
            <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>
          </section>
        ) : (
          <>
            <DataTable
              caption={t("title")}
              rows={list.rows}
              rowKey={(row) => row.id}
              href={(row) => `/programmes/${row.id}`}
              testId="programme-row"
              columns={[
                { key: "name", title: t("name"), head: true, wrap: true, render: (row) => row.name },
                { key: "core", title: t("core"), wrap: true, render: (row) => row.core_enterprise.name },
                { key: "limit", title: t("limit"), align: "right", render: (row) => <Money value={row.limit} currency={row.currency} /> },
                { key: "lent", title: t("lent"), align: "right", render: (row) => <Money value={row.lent} currency={row.currency} /> },
                { key: "state", title: t("state"), render: (row) => <ProgrammeTag state={row.state} /> },
              ]}
            />
            <ListFooter list={list} count={list.rows.length} />
          </>
        )}
      </Loaded>
      {adding && <ProgrammeDialog onClose={() => add(false)} />}
    </Page>
  );
}
