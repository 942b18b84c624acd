import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";

import { api, data } from "../../api/client";
import type { Right, Verdict } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { Page } from "../../shared/ui/Page";
import { CheckRequest } from "./CheckRequest";
import { ChooseRights } from "./ChooseRights";
import { ChooseTerms } from "./ChooseTerms";
import { emptyDraft, type Draft } from "./draft";
import "./financing.css";
import { messages } from "./messages";
import { Steps, type Step } from "./Steps";

/** A request in three steps; nothing is sent before the last. Chosen rights come along in the address. */
export default function NewRequestPage() {
  const t = useText(messages);
  const navigate = useNavigate();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [params] = useSearchParams();
  const [step, go] = useState<Step>("rights");
  const [draft, setDraft] = useState<Draft>(() => emptyDraft(params.getAll("right")));
  const [rights, setRights] = useState<readonly Right[]>([]);
  const [verdicts, setVerdicts] = useState<readonly Verdict[]>([]);

  const send = useMutation({
    mutationFn: async (submit: boolean) => {
      const body = { rights: [...draft.rights], programmes: [...draft.programmes], amount: draft.amount, until: draft.until, note: draft.note.trim() };
      const made = await data(api.POST("/api/v1/financing/requests", { body }));
      return submit ? data(api.POST("/api/v1/financing/requests/{id}/submit", { params: { path: { id: made.id } } })) : made;
    },
    onSuccess: async (made, submitted) => {
      await client.invalidateQueries();
      void message.success(t(submitted ? "sent" : "saved"));
      void navigate(`/financing/requests/${made.id}`);
    },
  });

  return (
    <Page title={t("newRequest")} lead={t("newLead")} back={<Link to="/financing/requests">← {t("back")}</Link>}>
      <Steps current={step} />
      {step === "rights" && (
        <ChooseRights
          draft={draft}
          onNext={(chosen) => {
            setRights(chosen);
            setDraft({ ...draft, rights: chosen.map((right) => right.id), until: draft.until || latestDue(chosen) });
            go("terms");
          }}
        />
      )}
      {step === "terms" && (
        <ChooseTerms
          draft={draft}
          rights={rights}
          onChange={setDraft}
          onBack={() => go("rights")}
          onNext={(chosen) => {
            setVerdicts(chosen);
            go("check");
          }}
        />
      )}
      {step === "check" && (
        <CheckRequest draft={draft} rights={rights} verdicts={verdicts} pending={send.isPending} error={send.error} onBack={() => go("terms")} onSend={(submit) => send.mutate(submit)} />
      )}
    </Page>
  );
}

function latestDue(rights: readonly Right[]): string {
  return rights.map((right) => right.due_date ?? "").sort().at(-1) ?? "";
}
