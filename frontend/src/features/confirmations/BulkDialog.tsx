import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";

import { api, data } from "../../api/client";
import { ProblemError } from "../../api/problem";
import type { ConfirmationRow } from "../../api/types";
import { isKeyProblem } from "../../shared/crypto/useOwnKey";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { takesMore } from "../../shared/trade/takesMore";
import { Money } from "../../shared/ui/figures";
import { InlineFailure } from "../../shared/ui/states";
import { deskMessages } from "./deskMessages";
import { Differences } from "./Differences";
import { named, prepareManifest, sumOf } from "./signing";
import { useAuthority } from "./useAuthority";

interface Props {
  rows: readonly ConfirmationRow[];
  onDone: () => void;
  onClose: () => void;
  /** Take documents out of the selection. */
  onLeaveOut: (ids: readonly string[]) => void;
}

interface Refused {
  id: string;
  number: string;
  code: string;
}

function refusedOf(error: unknown): readonly Refused[] {
  return error instanceof ProblemError && error.code === "documents_refused" ? (error.params.documents as Refused[]) : [];
}

/** One signature over the manifest of what was selected, or a proposal where that takes more people. */
export function BulkDialog({ rows, onDone, onClose, onLeaveOut }: Props) {
  const t = useText(deskMessages);
  const code = useCodes();
  const client = useQueryClient();
  const { message } = App.useApp();
  const people = Math.max(...rows.map((row) => row.needs.people));
  const total = sumOf(rows);
  const limited = rows.some((row) => row.needs.typed_amount);
  const proposes = people > 1;
  const authority = useAuthority({ typed: limited ? (total?.currency ?? "") : null, signs: !proposes });
  const count = rows.length;

  const run = useMutation({
    mutationFn: async (how: "sign" | "propose") => {
      const body = { documents: named(rows), ...authority.body };
      if (how === "propose") return data(api.POST("/api/v1/confirmations/proposals", { body }));
      const own = await authority.own(() => prepareManifest(body.documents, authority.body.on_behalf_of));
      return data(api.POST("/api/v1/confirmations/manifests", { body: { ...body, own } }));
    },
    onSuccess: async (_, how) => {
      void message.success(how === "sign" ? t("signed", { count }) : t("proposed"));
      onDone();
      await client.invalidateQueries();
    },
    onError: async (error) => {
      if (refusedOf(error).length > 0) await client.invalidateQueries({ queryKey: ["confirmations"] });
    },
  });
  const refused = refusedOf(run.error);
  // Together they may be above a limit that none is above alone: the server says so, and proposing is offered.
  const tooMuch = takesMore(run.error);
  const asProposal = proposes || tooMuch;

  return (
    <Modal open width={760} title={t(asProposal ? "proposeTitle" : "bulkTitle", { count })} onCancel={onClose} footer={null}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          run.mutate(asProposal ? "propose" : "sign");
        }}
      >
        <p className="muted">{asProposal ? t("proposeText", { people: Math.max(people, 2) }) : t("bulkText")}</p>
        <ul className="bulk-list" data-testid="bulk-list">
          {rows.map((row) => (
            <li key={row.id}>
              <span className="spread">
                <span>
                  {code("documentKind", row.document.kind)} {row.document.number} <span className="muted">{row.supplier.name}</span>
                </span>
                <Money value={row.amount} currency={row.currency} />
              </span>
              <Differences rows={row.differences} />
            </li>
          ))}
        </ul>
        {total && (
          <p className="spread">
            <strong>{t("total")}</strong> <Money value={total.amount} currency={total.currency} wan />
          </p>
        )}
        {authority.fields}
        {!isKeyProblem(run.error) && <InlineFailure error={run.error} />}
        {refused.length > 0 && (
          <div className="note note-attention" data-testid="bulk-refused">
            <ul>
              {refused.map((each) => (
                <li key={each.id}>{t("reasonFor", { number: each.number || each.id, reason: code("error", each.code) })}</li>
              ))}
            </ul>
            <Button onClick={() => onLeaveOut(refused.map((each) => each.id))}>{t("removeRefused")}</Button>
          </div>
        )}
        <div className="actions end">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="primary" htmlType="submit" disabled={!authority.ready} loading={run.isPending} data-testid="bulk-sign">
            {t(asProposal ? "propose" : "sign")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
