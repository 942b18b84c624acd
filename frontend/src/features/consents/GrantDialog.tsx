import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import { useResource } from "../../api/queries";
import type { AccessRequest, Candidates } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure, Loaded } from "../../shared/ui/states";
import { messages } from "./messages";

/** Pick trades (those that match the request are picked already), the period, and see what follows. */
export function GrantDialog({ request, onClose }: { request: AccessRequest; onClose: () => void }) {
  const t = useText(messages);
  const candidates = useResource("/api/v1/access-requests/{id}/candidates", { id: request.id });
  return (
    <Modal open title={t("grantTitle", { name: request.requester.name })} onCancel={onClose} footer={null} width={600}>
      <Loaded query={candidates} hasData={candidates.data !== undefined} rows={6}>
        {candidates.data && <GrantForm request={request} candidates={candidates.data} onClose={onClose} />}
      </Loaded>
    </Modal>
  );
}

interface FormProps {
  request: AccessRequest;
  candidates: Candidates;
  onClose: () => void;
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}

function GrantForm({ request, candidates, onClose }: FormProps) {
  const t = useText(messages);
  const id = useId();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [trades, setTrades] = useState<ReadonlySet<string>>(() => new Set(candidates.trades.filter((row) => row.matches_request).map((row) => row.id)));
  const [documents, setDocuments] = useState<ReadonlySet<string>>(new Set());
  const [whole, setWhole] = useState(false);
  const [days, setDays] = useState(String(request.days));
  const period = Number(days);
  const validPeriod = Number.isInteger(period) && period >= 1 && period <= request.days;
  const picked = whole || trades.size + documents.size > 0;

  const grant = useMutation({
    mutationFn: () =>
      data(
        api.POST("/api/v1/access-requests/{id}/grant", {
          params: { path: { id: request.id } },
          body: { trades: whole ? [] : [...trades], documents: whole ? [] : [...documents], whole, days: period },
        }),
      ),
    onSuccess: async () => {
      void message.success(t("granted"));
      onClose();
      await client.invalidateQueries();
    },
  });

  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (picked && validPeriod) grant.mutate();
      }}
    >
      <fieldset className="plain-fieldset" disabled={whole}>
        <legend className="label">
          <h3>{t("pick")}</h3>
        </legend>
        {candidates.trades.length + candidates.documents.length === 0 && <p className="muted">{t("nothingToPick")}</p>}
        <div className="pick-list">
          {candidates.trades.map((row) => (
            <label key={row.id} className="check" data-testid="candidate">
              <input type="checkbox" checked={trades.has(row.id)} onChange={() => setTrades(toggled(trades, row.id))} />
              <span>
                {row.order_number ? t("orderOf", { number: row.order_number }) : t("provisional")} · {row.buyer_name}
                {row.matches_request && <span className="meta"> · {t("matches")}</span>}
              </span>
            </label>
          ))}
          {candidates.documents.length > 0 && <h3>{t("documentsPick")}</h3>}
          {candidates.documents.map((row) => (
            <label key={row.id} className="check">
              <input type="checkbox" checked={documents.has(row.id)} onChange={() => setDocuments(toggled(documents, row.id))} />
              <span>{row.filename}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <label className="check">
        <input type="checkbox" checked={whole} onChange={(event) => setWhole(event.target.checked)} data-testid="grant-whole" />
        <span>{t("whole")}</span>
      </label>
      <div className="field">
        <label htmlFor={id}>{t("validDays")}</label>
        <input id={id} type="number" className="input short-input" min={1} max={request.days} value={days} onChange={(event) => setDays(event.target.value)} data-testid="grant-days" />
        <span className="meta">{t("validHint", { days: request.days })}</span>
      </div>
      <div className="note note-idle">
        <div>
          <strong>{t("consequencesTitle")}</strong>
          <ul>
            <li>{t("consequenceSee", { name: request.requester.name })}</li>
            <li>{t("consequenceLog")}</li>
            <li>{t("consequenceEnd", { days: validPeriod ? period : request.days })}</li>
          </ul>
        </div>
      </div>
      {!picked && <p className="meta">{t("pickSomething")}</p>}
      <InlineFailure error={grant.error} />
      <div className="actions end">
        <Button onClick={onClose}>{t("cancel")}</Button>
        <Button type="primary" htmlType="submit" disabled={!picked || !validPeriod} loading={grant.isPending} data-testid="grant-button">
          {t("grantSubmit")}
        </Button>
      </div>
    </form>
  );
}
