import { useMutation } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useState } from "react";

import { api, data } from "../../api/client";
import type { Import } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { describe } from "../../shared/ui/errors";
import { InlineFailure } from "../../shared/ui/states";
import { messages } from "./messages";
import { useAfterAction } from "./queries";

/** Imports at once what is sound; while rows are wrong it asks first whether to leave their documents out. */
export function ImportButton({ row }: { row: Import }) {
  const t = useText(messages);
  const code = useCodes();
  const { message } = App.useApp();
  const after = useAfterAction();
  const [asking, setAsking] = useState(false);
  const { wrong, documents } = row.counts;
  const start = useMutation({
    mutationFn: (leave_wrong: boolean) => data(api.POST("/api/v1/imports/{id}/import", { params: { path: { id: row.id } }, body: { leave_wrong } })),
    onSuccess: async () => {
      setAsking(false);
      await after();
    },
    onError: (error) => {
      if (!asking) void message.error(describe(error, code).what);
    },
  });
  return (
    <>
      <Button type="primary" disabled={documents === 0} loading={start.isPending && !asking} onClick={() => (wrong > 0 ? setAsking(true) : start.mutate(false))} data-testid="import-button">
        {t("importNow", { documents: documents.toLocaleString("en") })}
      </Button>
      {asking && (
        <Modal
          open
          title={t("leaveTitle", { wrong })}
          okText={t("leaveSubmit")}
          cancelText={t("mendFirst")}
          okButtonProps={{ loading: start.isPending, "data-testid": "leave-wrong" }}
          onOk={() => start.mutate(true)}
          onCancel={() => setAsking(false)}
        >
          <div className="stack">
            <p>{t("leaveText")}</p>
            <p className="meta">{t("leaveLater")}</p>
            <InlineFailure error={start.error} />
          </div>
        </Modal>
      )}
    </>
  );
}
