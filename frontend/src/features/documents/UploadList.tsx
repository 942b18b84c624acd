import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { Link } from "react-router";

import { useList } from "../../api/queries";
import type { Document } from "../../api/types";
import { joinSentences } from "../../shared/format/join";
import { formatSize } from "../../shared/format/size";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { describe } from "../../shared/ui/errors";
import { Section } from "../../shared/ui/Page";
import { DocumentStateTag, VerdictTag } from "../../shared/ui/status";
import { StatusTag } from "../../shared/ui/StatusTag";
import { messages } from "./messages";
import { clearFinished, retryUpload, useUploads, type UploadRow } from "./uploads";

/** One row per file of this upload: progress, then the document's live state, or why it was not taken. */
export function UploadList({ person }: { person: string }) {
  const t = useText(messages);
  const client = useQueryClient();
  const rows = useUploads(person, () => void client.invalidateQueries({ queryKey: ["documents"] }));
  const latest = useList("/api/v1/documents", {}, { pageSize: 100, enabled: rows.some((row) => row.document !== null) });
  if (rows.length === 0) return null;

  const done = rows.filter((row) => row.phase === "done" || row.phase === "refused").length;
  return (
    <Section
      title={t("uploads")}
      note={t("uploadsState", { done, total: rows.length })}
      action={
        done > 0 && (
          <Button size="small" onClick={clearFinished}>
            {t("clearUploads")}
          </Button>
        )
      }
    >
      <ul className="uploads">
        {rows.map((row) => (
          <Upload key={row.key} row={row} document={latest.rows.find((each) => each.id === row.document?.id) ?? row.document} />
        ))}
      </ul>
    </Section>
  );
}

function Upload({ row, document }: { row: UploadRow; document: Document | null }) {
  const t = useText(messages);
  const code = useCodes();
  const title = document?.number ? `${code("documentKind", document.kind)} ${document.number}` : null;
  return (
    <li className="upload" data-testid="upload-row" data-phase={row.phase} data-filename={row.file.name}>
      <div className="upload-words">
        {document ? <Link to={`/documents/${document.id}`}>{row.file.name}</Link> : <span>{row.file.name}</span>}
        <span className="meta">
          {formatSize(row.file.size)}
          {title && ` · ${title}`}
        </span>
        {document?.duplicate_of && (
          <span className="meta attention-text">
            {t("duplicateOf", { filename: document.duplicate_of.filename })}{" "}
            <Link to={`/documents/${document.duplicate_of.id}`} data-testid="duplicate-link">
              {t("seeOriginal")}
            </Link>
          </span>
        )}
        {row.problem && <Refusal row={row} />}
      </div>
      <div className="upload-state">
        {row.phase === "waiting" && <StatusTag tone="idle">{t("waiting")}</StatusTag>}
        {row.phase === "uploading" && (
          <>
            <progress value={row.progress} max={1} aria-label={row.file.name} />
            <span className="meta num">{row.progress < 1 ? `${Math.round(row.progress * 100)}%` : t("processing")}</span>
          </>
        )}
        {row.phase === "refused" && <StatusTag tone="refused">{t("refused")}</StatusTag>}
        {document?.verdict && document.verdict !== "accepted" && <VerdictTag verdict={document.verdict} />}
        {document && <DocumentStateTag state={document.state} />}
      </div>
    </li>
  );
}

function Refusal({ row }: { row: UploadRow }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const said = describe(row.problem, code);
  const status = row.problem?.status ?? 0;
  return (
    <span className="meta refused-text" role="alert" data-code={said.code}>
      {joinSentences(said.what, said.remedy, language)}{" "}
      {(status === 0 || status === 429 || status >= 500) && (
        <button type="button" className="link-button" onClick={() => retryUpload(row.key)}>
          {t("retry")}
        </button>
      )}
    </span>
  );
}
