import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import { useResource } from "../../api/queries";
import { useCodes, useText } from "../i18n/LanguageProvider";
import { Time } from "../ui/figures";
import { Section } from "../ui/Page";
import { InlineFailure, Loaded } from "../ui/states";
import { StatusTag } from "../ui/StatusTag";
import { threadWords } from "./threadWords";

/** What buyer and seller say to each other of a disputed document. */
export function Thread({ document }: { document: string }) {
  const t = useText(threadWords);
  const code = useCodes();
  const query = useResource("/api/v1/confirmations/{id}/thread", { id: document });
  const thread = query.data;
  return (
    <Section title={t("title")} action={thread && <StatusTag tone={thread.open ? "attention" : "done"}>{t(thread.open ? "open" : "ended")}</StatusTag>} testId="thread">
      <Loaded query={query} hasData={thread !== undefined} rows={3}>
        <ol className="timeline">
          {thread?.messages.map((message, position) => (
            <li key={message.id ?? position} data-testid="thread-message">
              <span>
                {message.reason_code && <strong>{code("disputeReason", message.reason_code)}: </strong>}
                {message.text}
              </span>
              <span className="meta">
                {t("by", { person: message.person, organisation: message.organisation.name })} · <Time value={message.at} />
              </span>
            </li>
          ))}
        </ol>
        {thread?.open && <Reply document={document} />}
      </Loaded>
    </Section>
  );
}

function Reply({ document }: { document: string }) {
  const t = useText(threadWords);
  const client = useQueryClient();
  const id = useId();
  const [text, setText] = useState("");
  const say = useMutation({
    mutationFn: () => data(api.POST("/api/v1/confirmations/{id}/thread", { params: { path: { id: document } }, body: { text: text.trim() } })),
    onSuccess: async () => {
      setText("");
      await client.invalidateQueries({ queryKey: ["confirmations"] });
    },
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) say.mutate();
      }}
    >
      <div className="field">
        <label htmlFor={id}>{t("say")}</label>
        <textarea id={id} className="textarea" value={text} onChange={(event) => setText(event.target.value)} maxLength={2000} aria-describedby={`${id}hint`} data-testid="thread-text" />
        <span id={`${id}hint`} className="meta">
          {t("hint")}
        </span>
      </div>
      <InlineFailure error={say.error} />
      <div className="actions end">
        <Button type="primary" htmlType="submit" disabled={!text.trim()} loading={say.isPending} data-testid="thread-send">
          {t("send")}
        </Button>
      </div>
    </form>
  );
}
