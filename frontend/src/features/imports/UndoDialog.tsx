import { useMutation } from "@tanstack/react-query";
import { Modal } from "antd";

import { api, data } from "../../api/client";
import { useResource } from "../../api/queries";
import type { Import } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure, Loaded } from "../../shared/ui/states";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { messages } from "./messages";
import { useAfterAction } from "./queries";

/** Undoes the whole batch: what follows, or what stands against it. */
export function UndoDialog({ row, onClose }: { row: Import; onClose: () => void }) {
  const t = useText(messages);
  const code = useCodes();
  const after = useAfterAction();
  const query = useResource("/api/v1/imports/{id}/dependents", { id: row.id });
  const found = query.data?.dependents;
  const undo = useMutation({
    mutationFn: () => data(api.POST("/api/v1/imports/{id}/undo", { params: { path: { id: row.id } } })),
    onSuccess: async () => {
      onClose();
      await after();
    },
    onError: () => void query.refetch(),
  });
  return (
    <Modal
      open
      title={t("undoTitle", { count: row.counts.imported.toLocaleString("en") })}
      okText={t("undoSubmit")}
      cancelText={t("cancel")}
      okButtonProps={{ danger: true, disabled: !found || found.length > 0, loading: undo.isPending, "data-testid": "undo-confirm" }}
      onOk={() => undo.mutate()}
      onCancel={onClose}
    >
      <Loaded query={query} hasData={found !== undefined} rows={4}>
        {found && found.length > 0 ? (
          <div className="stack" data-testid="undo-refused">
            <div className="note note-refused">
              <ToneIcon tone="refused" />
              <div>
                <p>{t("undoRefused")}</p>
                <ul>
                  {found.map((each) => (
                    <li key={each.code}>{code("import_dependent", each.code, { count: each.count })}</li>
                  ))}
                </ul>
              </div>
            </div>
            <p>{t("undoInstead")}</p>
          </div>
        ) : (
          <div className="stack" data-testid="undo-follows">
            <p>{t("undoFollows")}</p>
            <ul>
              <li>{t("undoTrades")}</li>
              <li>{t("undoKept")}</li>
              <li>{t("undoAgain")}</li>
            </ul>
            <InlineFailure error={undo.error} />
          </div>
        )}
      </Loaded>
    </Modal>
  );
}
