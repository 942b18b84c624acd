import { Button } from "antd";
import { useState } from "react";

import { useResource } from "../../api/queries";
import type { MasterKey } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Section } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import { KeyLife } from "./KeyLife";
import { StorageKeyDialog } from "./StorageKeyDialog";
import { storageMessages } from "./storageMessages";

/** The versions of the key under which every organisation's key lies, and its change. */
export function MasterKeys() {
  const t = useText(storageMessages);
  const query = useResource("/api/v1/storage/master-keys");
  const [rotating, setRotating] = useState(false);
  const columns = useColumns();
  const status = query.data;
  const changing = status ? status.versions.filter((row) => row.retired_at === null).length > 1 : true;
  return (
    <Section
      title={t("masterTitle")}
      note={t("masterNote")}
      action={
        <Button size="small" disabled={changing} onClick={() => setRotating(true)} data-testid="rotate-master">
          {t("rotate")}
        </Button>
      }
    >
      <Loaded query={query} hasData={status !== undefined} rows={2}>
        {status && (
          <>
            {status.rewrapping && <p className="muted">{t("rewrapping", status.rewrapping)}</p>}
            <DataTable caption={t("masterTitle")} columns={columns} rows={status.versions} rowKey={(row) => String(row.version)} testId="master-key-row" />
          </>
        )}
      </Loaded>
      {rotating && <StorageKeyDialog step={{ action: "rotate_master" }} onClose={() => setRotating(false)} />}
    </Section>
  );
}

function useColumns(): Column<MasterKey>[] {
  const t = useText(storageMessages);
  return [
    { key: "version", title: t("version"), head: true, render: (row) => t("versionNumber", { version: row.version }) },
    {
      key: "state",
      title: t("state"),
      render: (row) => <StatusTag tone={row.is_newest ? "done" : row.retired_at ? "idle" : "running"}>{t(row.is_newest ? "newest" : row.retired_at ? "retired" : "older")}</StatusTag>,
    },
    { key: "wraps", title: t("wraps"), render: (row) => row.wraps },
    {
      key: "since",
      title: t("since"),
      render: (row) => <KeyLife created={row.created_at} retired={row.retired_at} />,
    },
  ];
}
