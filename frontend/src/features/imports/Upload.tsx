import { useMutation } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";

import { upload } from "../../api/client";
import { useResource, useSession } from "../../api/queries";
import type { ImportDetail } from "../../api/types";
import { formatSize } from "../../shared/format/size";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { FileDrop } from "../../shared/ui/FileDrop";
import { Section } from "../../shared/ui/Page";
import { InlineFailure } from "../../shared/ui/states";
import { StatusTag } from "../../shared/ui/StatusTag";
import { guessKind } from "./kinds";
import { messages } from "./messages";
import { useAfterAction } from "./queries";

/** One table at a time: dropped, its kind guessed from its name or chosen, sent. */
export function Upload() {
  const t = useText(messages);
  const code = useCodes();
  const navigate = useNavigate();
  const session = useSession();
  const choices = useResource("/api/v1/imports/choices");
  const after = useAfterAction();
  const [file, setFile] = useState<File | null>(null);
  const [kind, setKind] = useState("");
  const [left, setLeft] = useState(0);
  const [share, setShare] = useState(0);
  const guessed = file ? guessKind(file.name) : null;
  const limit = session.data?.limits.max_file_bytes;
  const tooLarge = file !== null && limit !== undefined && file.size > limit;

  const send = useMutation({
    mutationFn: (table: File) => upload<ImportDetail>("/api/v1/imports", table, setShare, { name: "file", fields: { kind } }),
    onMutate: () => setShare(0),
    onSuccess: async (made) => {
      await after();
      await navigate(`/imports/${made.id}`);
    },
  });

  const take = (files: File[]) => {
    const [first] = files;
    if (!first) return;
    send.reset();
    setLeft(files.length - 1);
    setFile(first);
    setKind(guessKind(first.name) ?? "");
  };

  if (!file)
    return <FileDrop title={t("dropTitle")} hint={t("dropHint", { size: limit ? formatSize(limit) : "" })} over={t("dropNow")} testId="import-input" onFiles={take} />;
  return (
    <Section title={file.name} note={formatSize(file.size)} testId="import-upload">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (kind && !tooLarge) send.mutate(file);
        }}
      >
        <fieldset className="plain-fieldset">
          <legend className="import-legend">
            {t("kindQuestion")} {guessed && kind === guessed && <StatusTag tone="idle">{t("kindGuessed")}</StatusTag>}
          </legend>
          <div className="import-kinds">
            {(choices.data?.kinds ?? []).map(({ kind: each }) => (
              <label key={each} className="check">
                <input type="radio" name="kind" value={each} checked={each === kind} onChange={() => setKind(each)} data-testid={`kind-${each}`} />
                <span>{code("import_kind", each)}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <p className="meta">{t("presetHint")}</p>
        {left > 0 && <p className="note note-attention">{t("oneAtATime", { left })}</p>}
        {tooLarge && <p className="note note-refused" role="alert">{t("tooLarge", { size: formatSize(limit) })}</p>}
        <InlineFailure error={choices.error ?? send.error} />
        <div className="actions">
          <Button type="primary" htmlType="submit" disabled={!kind || tooLarge} loading={send.isPending} data-testid="import-send">
            {send.isPending ? t("sending", { percent: Math.floor(share * 100) }) : t("send")}
          </Button>
          <Button onClick={() => setFile(null)} disabled={send.isPending}>
            {t("otherFile")}
          </Button>
          {!kind && <span className="meta">{t("kindMissing")}</span>}
        </div>
      </form>
    </Section>
  );
}
