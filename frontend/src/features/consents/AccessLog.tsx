import { useList } from "../../api/queries";
import type { Access } from "../../api/types";
import { useFilters } from "../../shared/hooks/useFilters";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Time } from "../../shared/ui/figures";
import { Choice } from "../../shared/ui/Filters";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Section } from "../../shared/ui/Page";
import { Empty, Loaded } from "../../shared/ui/states";
import { messages } from "./messages";

const FILTERS = ["grant"] as const;

/** Every disclosed look at the owner's data, newest first. */
export function AccessLog() {
  const t = useText(messages);
  const code = useCodes();
  const { filters, set } = useFilters(FILTERS);
  const list = useList("/api/v1/accesses", filters);
  const grants = useList("/api/v1/grants");

  const columns: Column<Access>[] = [
    { key: "at", title: t("at"), head: true, render: (row) => <Time value={row.at} seconds /> },
    {
      key: "who",
      title: t("who"),
      render: (row) => (
        <span className="two-lines">
          <span>{row.organisation.name}</span>
          <span className="meta">{row.person}</span>
        </span>
      ),
    },
    { key: "did", title: t("did"), render: (row) => code("accessAction", row.action) },
    { key: "subject", title: t("subject"), render: (row) => `${code("subjectKind", row.subject.kind)} ${row.subject.label}` },
    { key: "purpose", title: t("purpose"), render: (row) => code("purpose", row.purpose) },
  ];

  return (
    <Section
      title={t("logTitle")}
      note={t("logNote")}
      action={
        grants.rows.length > 1 && (
          <Choice
            label={t("filterGrant")}
            any={t("allGrants")}
            value={filters.grant}
            onChange={(value) => set("grant", value)}
            options={grants.rows.map((row) => [row.id, `${row.grantee.name} · ${code("purpose", row.purpose)} · ${code("grantState", row.state)}`])}
          />
        )
      }
    >
      <Loaded query={list} hasData={list.data !== undefined} rows={4}>
        {list.rows.length === 0 ? (
          <Empty title={t("noLog")}>{t("noLogText")}</Empty>
        ) : (
          <>
            <DataTable caption={t("logTitle")} columns={columns} rows={list.rows} rowKey={(row) => row.id} testId="access-log-row" />
            <ListFooter list={list} count={list.rows.length} />
          </>
        )}
      </Loaded>
    </Section>
  );
}
