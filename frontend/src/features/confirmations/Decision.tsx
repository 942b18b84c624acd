import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import { Link } from "react-router";

import { api, data } from "../../api/client";
import { ProblemError } from "../../api/problem";
import type { ConfirmationSheet } from "../../api/types";
import { isKeyProblem } from "../../shared/crypto/useOwnKey";
import { useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { Section } from "../../shared/ui/Page";
import { InlineFailure } from "../../shared/ui/states";
import { takesMore } from "../../shared/trade/takesMore";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { deskMessages } from "./deskMessages";
import { DisputeDialog, type Reason } from "./DisputeDialog";
import { messages } from "./messages";
import { PartDialog, type Part } from "./PartDialog";
import { useAuthority, type Authority } from "./useAuthority";

type Choice = { action: "confirm" | "propose" } | ({ action: "part" } & Part) | ({ action: "dispute" } & Reason);

function changed(error: unknown): boolean {
  return error instanceof ProblemError && error.code === "content_changed";
}

async function carryOut(sheet: ConfirmationSheet, choice: Choice, authority: Authority): Promise<unknown> {
  const params = { path: { id: sheet.id } };
  const { content_digest } = sheet;
  const { amount, on_behalf_of } = authority.body;
  const own = (asked: { decision: "confirm" | "dispute" } & Partial<Part | Reason>) =>
    authority.own(() => data(api.POST("/api/v1/confirmations/{id}/to-sign", { params, body: { content_digest, on_behalf_of, rest_disputed: false, reason_code: "", reason: "", ...asked } })));
  switch (choice.action) {
    case "confirm":
      return data(api.POST("/api/v1/confirmations/{id}/confirm", { params, body: { content_digest, amount, on_behalf_of, own: await own({ decision: "confirm" }) } }));
    case "propose":
      return data(api.POST("/api/v1/confirmations/proposals", { body: { documents: [{ id: sheet.id, content_digest }], amount, on_behalf_of } }));
    case "part": {
      const { action: _, ...part } = choice;
      return data(api.POST("/api/v1/confirmations/{id}/confirm-part", { params, body: { content_digest, amount, on_behalf_of, ...part, own: await own({ decision: "confirm", ...part }) } }));
    }
    case "dispute": {
      const { action: _, ...reason } = choice;
      return data(api.POST("/api/v1/confirmations/{id}/dispute", { params, body: { content_digest, on_behalf_of, ...reason, own: await own({ decision: "dispute", ...reason }) } }));
    }
  }
}

const DONE = { confirm: "doneConfirmed", propose: "doneProposed", part: "donePart", dispute: "doneDisputed" } as const;

/** The words to be signed and the ways to answer; what is signed is bound to the digest that was shown. */
export function Decision({ sheet, reload }: { sheet: ConfirmationSheet; reload: () => Promise<unknown> }) {
  const t = useText(messages);
  const d = useText(deskMessages);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [dialog, setDialog] = useState<"part" | "dispute" | null>(null);
  const may = (action: string) => sheet.allowed_actions.includes(action);
  const open = sheet.allowed_actions.length > 0;
  const [isTooMuch, setTooMuch] = useState(false); // with what was confirmed today: the server says so
  const proposes = may("propose") || isTooMuch;
  const authority = useAuthority({ typed: sheet.needs.typed_amount ? sheet.needs.currency : null, signs: open && (!proposes || may("dispute")) });

  const decide = useMutation({
    mutationFn: (choice: Choice) => carryOut(sheet, choice, authority),
    onSuccess: async (_, choice) => {
      setDialog(null);
      void message.success(t(DONE[choice.action]));
      await client.invalidateQueries();
    },
    onError: async (error) => {
      if (takesMore(error)) {
        setDialog(null);
        setTooMuch(true);
      }
      if (isKeyProblem(error)) setDialog(null); // the key's fields, behind the dialog, say why
      if (!changed(error)) return;
      setDialog(null);
      await reload();
    },
  });
  const failure = changed(decide.error) || isKeyProblem(decide.error) ? null : decide.error;
  const close = () => {
    setDialog(null);
    decide.reset();
  };

  return (
    <Section title={t("statementTitle")} note={open && t("statementNote")} className="sheet-decision">
      {changed(decide.error) && (
        <p className="note note-attention" role="alert" data-testid="content-changed">
          <ToneIcon tone="attention" /> {t("changed")}
        </p>
      )}
      <pre className="statement" tabIndex={0} data-testid="sheet-statement">
        {sheet.statement}
      </pre>
      <p className="meta">
        {t("contentDigest")} <CopyText value={sheet.content_digest} head={24} label={t("contentDigest")} testId="content-digest" />
      </p>
      {proposes && <p className="note note-attention">{d("needsPeople", { people: Math.max(sheet.needs.people, 2) })}</p>}
      {open && <div className="stack">{authority.fields}</div>}
      {dialog === null && <InlineFailure error={failure} />}
      {open ? (
        <div className="actions sheet-actions">
          {may("confirm") && !isTooMuch && (
            <Button type="primary" size="large" disabled={!authority.ready} loading={decide.isPending} onClick={() => decide.mutate({ action: "confirm" })} data-testid="confirm-button">
              {t("confirm")}
            </Button>
          )}
          {proposes && (
            <Button type="primary" size="large" loading={decide.isPending} onClick={() => decide.mutate({ action: "propose" })} data-testid="propose-button">
              {d("proposeThis")}
            </Button>
          )}
          {may("confirm_part") && !isTooMuch && sheet.lines.length > 0 && (
            <Button size="large" disabled={decide.isPending || !authority.ready} onClick={() => setDialog("part")} data-testid="part-button">
              {d("confirmPart")}
            </Button>
          )}
          {may("dispute") && (
            <Button size="large" danger disabled={decide.isPending} onClick={() => setDialog("dispute")} data-testid="dispute-button">
              {t("dispute")}
            </Button>
          )}
        </div>
      ) : sheet.proposal ? (
        <p className="muted">
          {d("waitsForProposal")} <Link to="/desk/proposals">{d("toProposals")}</Link>
        </p>
      ) : (
        <p className="muted">{t("nothingToDo")}</p>
      )}
      {dialog === "dispute" && <DisputeDialog busy={decide.isPending} error={failure} onSubmit={(reason) => decide.mutate({ action: "dispute", ...reason })} onClose={close} />}
      {dialog === "part" && <PartDialog sheet={sheet} busy={decide.isPending} error={failure} onSubmit={(part) => decide.mutate({ action: "part", ...part })} onClose={close} />}
    </Section>
  );
}
