import { useMutation } from "@tanstack/react-query";
import { Modal } from "antd";

import { api, data } from "../../api/client";
import type { Import } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { messages } from "./messages";
import { useAfterAction } from "./queries";

/** Gives up an import that was not imported. */
export function DiscardDialog({ row, onClose }: { row: Import; onClose: () => void }) {
  const t = useText(messages);
  const after = useAfterAction();
  const discard = useMutation({
    mutationFn: () => data(api.POST("/api/v1/imports/{id}/discard", { params: { path: { id: row.id } } })),
    onSuccess: async () => {
      onClose();
      await after();
    },
  });
  return (
    <Modal
      open
      title={t("discardTitle")}
      okText={t("discard")}
      cancelText={t("cancel")}
      okButtonProps={{ danger: true, loading: discard.isPending, "data-testid": "discard-confirm" }}
      onOk={() => discard.mutate()}
      onCancel={onClose}
    >
      <div className="stack">
        <p>{t("discardFollows")}</p>
        <InlineFailure error={discard.error} />
      </div>
    </Modal>
  );
}
