import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Modal } from "antd";
import { useState } from "react";

import { api, data } from "../../api/client";
import { useList } from "../../api/queries";
import type { DocumentDetail } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { SearchField } from "../../shared/ui/Filters";
import { InlineFailure, Loaded } from "../../shared/ui/states";
import { messages } from "./messages";

/** Joins a loose document to a trade that the person picks. */
export function AttachDialog({ document, onClose }: { document: DocumentDetail; onClose: () => void }) {
  const t = useText(messages);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [search, setSearch] = useState("");
  const [trade, setTrade] = useState("");
  const trades = useList("/api/v1/trades", { search }, { pageSize: 20 });
  const attach = useMutation({
    mutationFn: () => data(api.POST("/api/v1/documents/{id}/attach", { params: { path: { id: document.id } }, body: { trade } })),
    onSuccess: async () => {
      await client.invalidateQueries();
      void message.success(t("attached"));
      onClose();
    },
  });

  return (
    <Modal
      open
      title={t("attachTitle")}
      okText={t("attachSubmit")}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: !trade, loading: attach.isPending }}
      onOk={() => attach.mutate()}
      onCancel={onClose}
    >
      <div className="stack-tight">
        <p className="muted">{t("attachText")}</p>
        <SearchField label={t("search")} value={search} onChange={setSearch} />
        <Loaded query={trades} hasData={trades.data !== undefined} rows={3}>
          {trades.rows.length === 0 ? (
            <p className="muted">{t("attachEmpty")}</p>
          ) : (
            <fieldset className="plain-fieldset">
              <legend className="sr-only">{t("attachTitle")}</legend>
              {trades.rows.map((row) => (
                <label key={row.id} className="check">
                  <input type="radio" name="trade" value={row.id} checked={trade === row.id} onChange={() => setTrade(row.id)} />
                  <span>
                    {row.order_number ? t("orderOf", { number: row.order_number }) : t("provisional")} · {row.buyer.name}
                  </span>
                </label>
              ))}
            </fieldset>
          )}
        </Loaded>
        <InlineFailure error={attach.error} />
      </div>
    </Modal>
  );
}
