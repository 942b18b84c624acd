import { App } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";

import { ProblemError } from "../../../api/problem";
import type { DocumentDetail, DocumentLine } from "../../../api/types";
import { useHotkeys } from "../../../shared/hooks/useHotkeys";
import { useCodes, useText } from "../../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../../shared/ui/states";
import { ToneIcon } from "../../../shared/ui/StatusTag";
import { Fields } from "../Fields";
import { Lines } from "../Lines";
import { Preview } from "../Preview";
import { TypedIn } from "../../../shared/ui/TypedIn";
import { VerdictTag } from "../../../shared/ui/status";
import { Versions } from "../Versions";
import { Editor } from "./Editor";
import { findingsOf } from "./findings";
import { Findings } from "./Findings";
import { KeyHelp } from "./KeyHelp";
import { messages } from "./messages";
import type { Queue } from "./ReviewPage";
import { SaveBar } from "./SaveBar";
import { useDraft } from "./useDraft";
import { useGuard } from "./useGuard";

interface Props {
  row: DocumentDetail;
  queue: Queue;
  own: boolean;
}

function focusPath(path: string): void {
  const field = document.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`);
  field?.closest("details")?.setAttribute("open", "");
  field?.focus();
  field?.scrollIntoView({ block: "center" });
}

/** One document of the queue: the file at the left, what it says at the right, and the keys to work through it. */
export function Desk({ row, queue, own }: Props) {
  const t = useText(messages);
  const code = useCodes();
  const { message } = App.useApp();
  const { draft, basedOn, dirty, restored, put, setDraft, discard, save } = useDraft(row);
  const { go, dialog } = useGuard(dirty, discard);
  const [helping, help] = useState(false);
  const [reason, setReason] = useState("");
  const reasonField = useRef<HTMLInputElement>(null);
  const findings = useMemo(() => findingsOf(row, code), [row, code]);
  const editable = row.allowed_actions.includes("correct");
  const outdated = dirty && basedOn !== row.version;

  const submit = () => {
    if (!editable || !dirty || save.isPending) return;
    if (!reason.trim()) {
      reasonField.current?.focus();
      void message.info(t("reasonNeeded"));
      return;
    }
    save.mutate(reason.trim(), {
      onSuccess: (saved) => {
        setReason("");
        void message.success(t("saved", { n: saved.version }));
      },
      onError: (error) => {
        const field = error instanceof ProblemError ? error.fields[0]?.field : undefined;
        if (field) focusPath(field.replace(/^fields\./, ""));
      },
    });
  };
  useHotkeys({
    j: () => queue.next && go(queue.next),
    k: () => queue.previous && go(queue.previous),
    e: () => focusPath(findings.find((finding) => finding.path)?.path ?? "kind"),
    "?": () => help(true),
  });
  useSaveKeys(submit);

  const title = row.number ? `${code("documentKind", row.kind)} ${row.number}` : row.filename;
  return (
    <>
      <header className="desk-head">
        <div className="page-back">
          <Link to={`/documents${queue.search}`}>← {t("back")}</Link>
          {queue.at >= 0 && <span className="meta">{t("queueAt", { at: queue.at + 1, n: queue.count })}</span>}
          <span className="actions desk-move">
            <Step to={queue.previous} testId="previous" words={`↑ ${t("previous")}`} hotkey="k" />
            <Step to={queue.next} testId="next" words={`↓ ${t("next")}`} hotkey="j" />
            <button type="button" className="link-button" onClick={() => help(true)} data-testid="key-help">
              {t("help")} <kbd>?</kbd>
            </button>
          </span>
        </div>
        <div className="desk-title">
          <h1>{title}</h1>
          <span className="tags">
            {row.verdict && <VerdictTag verdict={row.verdict} />}
            {row.typed_in_by && <TypedIn by={row.typed_in_by} />}
          </span>
          <Link to={`/documents/${row.id}${queue.search}`} className="desk-details">
            {t("details")} →
          </Link>
        </div>
      </header>
      <div className="desk">
        <div className="desk-file">
          <Preview id={row.id} filename={row.filename} mediaType={row.media_type} size={row.size} askFirst={!own} tall />
        </div>
        <div className="desk-fields stack">
          <Findings row={row} findings={findings} editable={editable} onPick={focusPath} />
          {outdated && (
            <div className="note note-attention" role="alert" data-testid="outdated">
              <ToneIcon tone="attention" />
              <div>
                <strong>{t("newerTitle")}</strong>
                <p>{t("newerText", { version: row.version })}</p>
              </div>
            </div>
          )}
          {restored && !outdated && <p className="note note-running">{t("restored")}</p>}
          {editable ? (
            <Editor row={row} draft={draft} findings={findings} put={put} setDraft={setDraft} />
          ) : (
            <>
              <p className="note note-idle">{t("readOnly", { why: t(hindranceOf(row, own)) })}</p>
              <Fields row={row} />
              {row.lines.length > 0 && <Lines lines={row.lines as DocumentLine[]} currency={row.currency} />}
            </>
          )}
          {own && <Versions row={row} />}
          {editable && (
            <SaveBar dirty={dirty} saving={save.isPending} reason={reason} setReason={setReason} field={reasonField} onSave={submit} onDiscard={discard}>
              <InlineFailure error={save.error} />
            </SaveBar>
          )}
        </div>
      </div>
      {helping && <KeyHelp onClose={() => help(false)} />}
      {dialog}
    </>
  );
}

function hindranceOf(row: DocumentDetail, own: boolean) {
  if (!own) return "why_owner" as const;
  if (row.extraction === "pending") return "why_pending" as const;
  if (row.duplicate_of) return "why_duplicate" as const;
  return row.extraction === "refused" ? ("why_file" as const) : ("why_decided" as const);
}

function Step({ to, words, hotkey, testId }: { to: string | null; words: string; hotkey: string; testId: string }) {
  if (!to) return null;
  return (
    <Link to={to} data-testid={testId}>
      {words} <kbd>{hotkey}</kbd>
    </Link>
  );
}

/** Ctrl+Enter saves while typing too; Escape leaves a field, so that single keys work again. */
function useSaveKeys(submit: () => void): void {
  const latest = useRef(submit);
  useEffect(() => {
    latest.current = submit;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.target instanceof Element && event.target.closest("[role=dialog]")) return;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        latest.current();
      } else if (event.key === "Escape" && event.target instanceof HTMLElement && event.target.matches("input, textarea, select")) {
        event.target.blur();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

