import { useMutation } from "@tanstack/react-query";
import { App, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import type { ImportDetail } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import type { SheetColumn } from "./columns";
import { messages } from "./messages";
import { useAfterAction } from "./queries";

/** One value of a column, wherever it stands, replaced by another. */
export function ReplaceDialog({ detail, column, before, onClose }: { detail: ImportDetail; column: SheetColumn; before: string; onClose: () => void }) {
  const t = useText(messages);
  const id = useId();
  const { message } = App.useApp();
  const afterAction = useAfterAction();
  const [text, setText] = useState("");
  const replace = useMutation({
    mutationFn: () => data(api.POST("/api/v1/imports/{id}/replacements", { params: { path: { id: detail.id } }, body: { column: column.index, before, after: text } })),
    onSuccess: async ({ replaced }) => {
      void message.success(t("replacedCount", { count: replaced }));
      onClose();
      await afterAction();
    },
  });
  return (
    <Modal
      open
      title={t("replaceTitle", { column: column.header })}
      okText={t("replaceSubmit")}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: text === before, loading: replace.isPending, "data-testid": "replace-submit" }}
      onOk={() => replace.mutate()}
      onCancel={onClose}
    >
      <div className="stack">
        <p>{t("replaceText", { before: before || t("emptyCell") })}</p>
        <div className="field">
          <label htmlFor={id}>{t("replaceBy")}</label>
          <input id={id} className="input" value={text} autoFocus onChange={(event) => setText(event.target.value)} data-testid="replace-value" />
        </div>
        <InlineFailure error={replace.error} />
      </div>
    </Modal>
  );
}
