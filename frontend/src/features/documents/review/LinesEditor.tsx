import { Button } from "antd";
import { useState } from "react";

import { useText } from "../../../shared/i18n/LanguageProvider";
import { Section } from "../../../shared/ui/Page";
import { COLUMNS, withLine, withoutLines, type ColumnKey, type Draft } from "./draft";
import type { Put } from "./Editor";
import { FieldFindings, noteId } from "./FieldFindings";
import type { Finding } from "./findings";
import { messages } from "./messages";
import { isSame, lineAmount } from "./sums";

/** Beyond this a page of inputs is slow; the other lines stay as they are. */
const MAX_SHOWN = 200;
const FIGURES: readonly ColumnKey[] = ["quantity", "price", "amount", "tax_percent", "tax"];

interface Props {
  draft: Draft;
  findings: readonly Finding[];
  put: Put;
  setDraft: (draft: Draft) => void;
}

/** The lines as a table of inputs; where it is narrow, each line is a card. */
export function LinesEditor({ draft, findings, put, setDraft }: Props) {
  const t = useText(messages);
  const [picked, pick] = useState<ReadonlySet<number>>(new Set());
  const present = new Set(draft.lines.map((line) => line.key).filter((key) => picked.has(key)));
  const toggle = (key: number) => pick(present.has(key) ? new Set([...present].filter((each) => each !== key)) : new Set([...present, key]));
  const all = draft.lines.length > 0 && present.size === draft.lines.length;
  const remove = (keys: ReadonlySet<number>) => {
    pick(new Set());
    setDraft(withoutLines(draft, keys));
  };
  const add = () => {
    setDraft(withLine(draft));
    const path = `lines.${draft.lines.length}.item_name`;
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-path="${path}"]`)?.focus());
  };

  return (
    <Section
      title={t("linesTitle", { n: draft.lines.length })}
      testId="desk-lines"
      action={
        <span className="actions">
          {present.size > 0 && (
            <Button size="small" danger onClick={() => remove(present)} data-testid="delete-picked">
              {t("deletePicked", { n: present.size })}
            </Button>
          )}
          <Button size="small" onClick={add} data-testid="add-line">
            {t("addLine")}
          </Button>
        </span>
      }
    >
      {draft.lines.length === 0 ? (
        <p className="muted">{t("noLines")}</p>
      ) : (
        <div className="desk-lines">
          <div className="desk-line desk-line-head">
            <input type="checkbox" checked={all} aria-label={t("pickAll")} onChange={() => pick(all ? new Set() : new Set(draft.lines.map((line) => line.key)))} />
            {COLUMNS.map((column) => (
              <span key={column} aria-hidden className={FIGURES.includes(column) ? "right" : ""}>
                {t(`col_${column}`)}
              </span>
            ))}
            <span />
          </div>
          <ol className="plain-list">
            {draft.lines.slice(0, MAX_SHOWN).map((line, at) => (
              <li key={line.key} data-testid="desk-line">
                <div className="desk-line">
                  <input type="checkbox" checked={present.has(line.key)} aria-label={t("pickLine", { n: at + 1 })} onChange={() => toggle(line.key)} />
                  {COLUMNS.map((column) => (
                    <Cell key={column} at={at} column={column} value={line.stated[column] ?? ""} findings={findings} put={put} />
                  ))}
                  <button type="button" className="icon-button" aria-label={t("deleteLine", { n: at + 1 })} onClick={() => remove(new Set([line.key]))}>
                    ×
                  </button>
                </div>
                <LineHelp at={at} stated={line.stated} findings={findings} put={put} />
              </li>
            ))}
          </ol>
          {draft.lines.length > MAX_SHOWN && <p className="meta">{t("moreLines", { shown: MAX_SHOWN, n: draft.lines.length })}</p>}
        </div>
      )}
    </Section>
  );
}

function Cell({ at, column, value, findings, put }: { at: number; column: ColumnKey; value: string; findings: readonly Finding[]; put: Put }) {
  const t = useText(messages);
  const path = `lines.${at}.${column}`;
  const found = findings.some((finding) => finding.path === path);
  return (
    <label className={`desk-cell desk-cell-${column}`}>
      <span className="desk-cell-label">{t(`col_${column}`)}</span>
      <input
        className={FIGURES.includes(column) ? "input figure" : "input"}
        inputMode={FIGURES.includes(column) ? "decimal" : undefined}
        value={value}
        data-path={path}
        autoComplete="off"
        maxLength={500}
        aria-label={t("lineField", { n: at + 1, field: t(`col_${column}`) })}
        {...(found && { "aria-invalid": true, "aria-describedby": noteId(path) })}
        onChange={(event) => put(path, event.target.value)}
      />
    </label>
  );
}

/** Under a line: what was found about it, and what its amount would be by quantity and price. */
function LineHelp({ at, stated, findings, put }: { at: number; stated: Readonly<Record<string, string>>; findings: readonly Finding[]; put: Put }) {
  const t = useText(messages);
  const figure = lineAmount(stated.quantity ?? "", stated.price ?? "", stated.price_base_quantity, stated.allowances, stated.charges);
  const amount = stated.amount ?? "";
  const field = t("lineField", { n: at + 1, field: t("col_amount") });
  return (
    <div className="desk-line-help">
      {COLUMNS.map((column) => {
        const path = `lines.${at}.${column}`;
        return <FieldFindings key={column} path={path} findings={findings.filter((finding) => finding.path === path)} />;
      })}
      {figure !== null && !isSame(figure, amount) && (
        <span className="meta desk-help">
          {t("byParts", { figure })}{" "}
          <button type="button" className="link-button" onClick={() => put(`lines.${at}.amount`, figure)} aria-label={t("adoptFor", { field, figure })}>
            {t("adopt")}
          </button>
        </span>
      )}
    </div>
  );
}
