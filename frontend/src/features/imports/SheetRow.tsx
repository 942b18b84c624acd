import { memo, useState } from "react";

import type { ImportRow } from "../../api/types";
import { joinClauses } from "../../shared/format/join";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { errorsAt, ROW_HEAD } from "./cells";
import type { SheetColumn } from "./columns";
import { messages } from "./messages";

export const ROW_HEIGHT = 36;

interface Props {
  index: number;
  row: ImportRow | undefined;
  /** What the row was when the list was made; says that a row without errors had some. */
  wasWrong: boolean;
  columns: readonly SheetColumn[];
  template: string;
  /** The column that has the grid's focus, where it is in this row. */
  focused: number | null;
  /** The column that is being edited, where it is in this row, and the text to start with. */
  editing: number | null;
  start: string;
  saving: boolean;
  /** Says what is wrong above the cell, where there is no room below. */
  above: boolean;
  onFocus: (index: number, column: number) => void;
  onEdit: (index: number, column: number) => void;
}

/** A row of the sheet: its number, then its cells. */
export const SheetRow = memo(function SheetRow({ index, row, wasWrong, columns, template, focused, editing, start, saving, above, onFocus, onEdit }: Props) {
  const t = useText(messages);
  const state = !row ? "waiting" : row.ignored ? "ignored" : row.errors.length ? "wrong" : wasWrong ? "mended" : "sound";
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={`sheet-row sheet-${state}${focused === null ? "" : " sheet-current"}`}
      style={{ top: index * ROW_HEIGHT, gridTemplateColumns: template }}
      data-testid="sheet-row"
      data-number={row?.number}
      data-state={state}
    >
      <Head index={index} row={row} state={state} focused={focused === ROW_HEAD} above={above} onFocus={onFocus} />
      {columns.map((column, position) =>
        row ? (
          <Cell
            key={column.index}
            index={index}
            row={row}
            column={column}
            position={position}
            focused={focused === column.index}
            editing={editing === column.index ? start : null}
            saving={saving}
            above={above}
            atRight={position >= columns.length - 2 && position > 1}
            onFocus={onFocus}
            onEdit={onEdit}
          />
        ) : (
          <div key={column.index} role="gridcell" aria-colindex={position + 2} tabIndex={-1} className="sheet-cell">
            <span className="sheet-bar" />
            <span className="sr-only">{t("rowComing")}</span>
          </div>
        ),
      )}
    </div>
  );
});

interface HeadProps {
  index: number;
  row: ImportRow | undefined;
  state: string;
  focused: boolean;
  above: boolean;
  onFocus: (index: number, column: number) => void;
}

function Head({ index, row, state, focused, above, onFocus }: HeadProps) {
  const t = useText(messages);
  const wrong = row ? errorsAt(row, ROW_HEAD) : [];
  return (
    <div
      role="rowheader"
      aria-colindex={1}
      tabIndex={focused ? 0 : -1}
      data-cell={`${index}:${ROW_HEAD}`}
      className={wrong.length ? "sheet-number sheet-cell-wrong" : "sheet-number"}
      onFocus={() => onFocus(index, ROW_HEAD)}
    >
      {state === "wrong" && <ToneIcon tone="refused" />}
      {state === "mended" && <ToneIcon tone="done" />}
      <span>{row?.number ?? ""}</span>
      {state === "wrong" && <span className="sr-only">{t("rowWrong")}</span>}
      {state === "mended" && <span className="sr-only">{t("rowMended")}</span>}
      {state === "ignored" && <span className="sr-only">{t("rowIgnored")}</span>}
      {row && wrong.length > 0 && <Bubble row={row} column={ROW_HEAD} above={above} atRight={false} />}
    </div>
  );
}

interface CellProps {
  index: number;
  row: ImportRow;
  column: SheetColumn;
  position: number;
  focused: boolean;
  /** The text to start editing with; null: not being edited. */
  editing: string | null;
  saving: boolean;
  above: boolean;
  atRight: boolean;
  onFocus: (index: number, column: number) => void;
  onEdit: (index: number, column: number) => void;
}

function Cell({ index, row, column, position, focused, editing, saving, above, atRight, onFocus, onEdit }: CellProps) {
  const t = useText(messages);
  const text = row.cells[column.index] ?? "";
  const wrong = errorsAt(row, column.index).length > 0;
  const corrected = String(column.index) in row.corrected;
  const classes = ["sheet-cell", column.right ? "right" : "", column.field ? "" : "sheet-unmapped", wrong ? "sheet-cell-wrong" : "", corrected && !wrong ? "sheet-cell-mended" : ""];
  return (
    <div
      role="gridcell"
      aria-colindex={position + 2}
      aria-invalid={wrong || undefined}
      tabIndex={focused ? 0 : -1}
      data-cell={`${index}:${column.index}`}
      className={classes.filter(Boolean).join(" ")}
      onFocus={() => onFocus(index, column.index)}
      onDoubleClick={() => onEdit(index, column.index)}
    >
      {editing !== null ? (
        <Editor start={editing} saving={saving} />
      ) : (
        <>
          {wrong && <ToneIcon tone="refused" />}
          <span className="sheet-text">{text}</span>
          {corrected && <span className="sr-only">{t("cellCorrected")}</span>}
        </>
      )}
      {wrong && <Bubble row={row} column={column.index} above={above} atRight={atRight} />}
    </div>
  );
}

/** What is wrong: heard with the cell always, seen while it has the focus or the pointer. */
function Bubble({ row, column, above, atRight }: { row: ImportRow; column: number; above: boolean; atRight: boolean }) {
  const code = useCodes();
  const { language } = useLanguage();
  const words = errorsAt(row, column).map((error) => {
    const said = code("import_cell", error.code, error.params);
    return column === ROW_HEAD && error.field ? `${code("import_field", error.field)}: ${said}` : said;
  });
  return <span className={`sheet-bubble${above ? " sheet-above" : ""}${atRight ? " sheet-at-right" : ""}`}>{joinClauses(words, language)}</span>;
}

/** The keys are the grid's; see Sheet. */
function Editor({ start, saving }: { start: string; saving: boolean }) {
  const t = useText(messages);
  const [text, setText] = useState(start);
  return (
    <input
      className="sheet-input"
      aria-label={t("cellValue")}
      value={text}
      readOnly={saving}
      autoFocus
      data-testid="cell-input"
      onChange={(event) => setText(event.target.value)}
    />
  );
}
