import { useCallback, useEffect, useLayoutEffect, useRef, useState, type CSSProperties, type KeyboardEvent } from "react";

import type { ImportRow } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { nextWrong, ROW_HEAD, type Place } from "./cells";
import { labelOf, type SheetColumn } from "./columns";
import { messages } from "./messages";
import { ROW_HEIGHT, SheetRow } from "./SheetRow";
import type { RowSource } from "./useRows";
import { drawn, scrolledTo, windowOf } from "./windowing";

const HEAD_HEIGHT = 50;
const NUMBER_WIDTH = 84;
/** Room for the one below, and for what is said under the last row. */
const SCROLLBAR = 48;

export interface Focus {
  index: number;
  column: number;
}

interface Props {
  source: RowSource;
  columns: readonly SheetColumn[];
  /** Which row bears the headers; it and those above cannot be edited. */
  headerRow: number;
  editable: boolean;
  /** Whether the list holds rows that had errors when it was made. */
  wrongOnly: boolean;
  focus: Focus;
  setFocus: (focus: Focus) => void;
  /** Writes over a cell. Throws ProblemError. */
  onSave: (place: Place, value: string) => Promise<ImportRow>;
  /** The next row with errors after this one. */
  nextWrongRow: (after: number) => Promise<ImportRow | null>;
  /** Called with what moves to the next error, for the button beside the sheet. */
  bindNext: (next: () => void) => void;
}

/**
 * The table as a grid that is worked by keyboard: arrows move, Enter edits and saves, Esc leaves a cell as it was, Tab saves
 * and goes on to the next error, F8 goes there without editing. Only rows in sight are in the page, and the focused one.
 */
export function Sheet({ source, columns, headerRow, editable, wrongOnly, focus, setFocus, onSave, nextWrongRow, bindNext }: Props) {
  const t = useText(messages);
  const code = useCodes();
  const frame = useRef<HTMLDivElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const [viewport, setViewport] = useState(480);
  const [editing, setEditing] = useState<(Focus & { start: string }) | null>(null);
  const [saving, setSaving] = useState(false);
  const wantsFocus = useRef(false);
  const range = windowOf(scrollTop, viewport, ROW_HEIGHT, source.count);
  const { onRange } = source;
  const template = `${NUMBER_WIDTH}px ${columns.map((column) => `minmax(${column.width}px, ${column.width}fr)`).join(" ")}`;
  const width = NUMBER_WIDTH + columns.reduce((sum, column) => sum + column.width, 0);
  const order = [ROW_HEAD, ...columns.map((column) => column.index)];

  const kept = (editing ?? focus).index;
  useEffect(() => onRange({ from: range.from, to: range.to }, kept), [onRange, range.from, range.to, kept]);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setViewport(Math.max(ROW_HEIGHT, element.clientHeight - HEAD_HEIGHT)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  /** The focused cell takes the keyboard once it is in the page: it may be on its way. */
  useLayoutEffect(() => {
    if (!wantsFocus.current || editing !== null) return;
    const cell = frame.current?.querySelector<HTMLElement>(`[data-cell="${focus.index}:${focus.column}"]`);
    if (!cell) return;
    wantsFocus.current = false;
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ inline: "nearest", block: "nearest" });
  });

  const move = useCallback(
    (to: Focus) => {
      const element = frame.current;
      wantsFocus.current = true;
      setFocus(to);
      if (element) element.scrollTop = scrolledTo(to.index, element.scrollTop, viewport, ROW_HEIGHT);
    },
    [setFocus, viewport],
  );

  const onFocusCell = useCallback((index: number, column: number) => setFocus({ index, column }), [setFocus]);
  const canEdit = (row: ImportRow | undefined, column: number) => editable && row !== undefined && row.number > headerRow && column !== ROW_HEAD;
  const edit = (index: number, column: number, start?: string) => {
    const row = source.rowAt(index);
    if (!canEdit(row, column) || !row) return;
    setFocus({ index, column });
    setEditing({ index, column, start: start ?? row.cells[column] ?? "" });
  };
  const latestEdit = useRef(edit);
  useEffect(() => {
    latestEdit.current = edit;
  });
  const onEdit = useCallback((index: number, column: number) => latestEdit.current(index, column), []);

  /** From here to the next error, in this row, below, or from the top again. `fresh`: the row as just saved. */
  const goOn = async (fresh: ImportRow | undefined, thenEdit: boolean) => {
    const row = fresh ?? source.rowAt(focus.index);
    const shown = columns.map((column) => column.index);
    let target: ImportRow | null = row ?? null;
    let column = row ? nextWrong(row, shown, focus.column) : null;
    if (column === null) {
      target = (await nextWrongRow(row?.number ?? 0)) ?? (await nextWrongRow(0));
      column = target && nextWrong(target, shown, null);
    }
    if (!target || column === null) return move(focus);
    const index = await source.reveal(target.number);
    if (index === null) return move(focus);
    move({ index, column });
    if (thenEdit && canEdit(target, column)) setEditing({ index, column, start: target.cells[column] ?? "" });
  };
  useEffect(() => {
    bindNext(() => void goOn(undefined, false));
  });

  /** Saves what was typed, unless it is what stood there; then stays, goes to the next error, or leaves the focus where it went. */
  const commit = async (value: string, then: "stay" | "next" | "leave") => {
    const row = editing && source.rowAt(editing.index);
    if (!editing || !row || saving) return;
    let fresh: ImportRow | undefined;
    if (value !== (row.cells[editing.column] ?? "")) {
      setSaving(true);
      try {
        fresh = await onSave({ number: row.number, column: editing.column }, value);
      } catch {
        return; // what was typed stays; the bar below says why it was not taken
      } finally {
        setSaving(false);
      }
    }
    setEditing(null);
    if (then === "next") await goOn(fresh, true);
    else if (then === "stay") move(focus);
  };

  const whileEditing = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || !(event.target instanceof HTMLInputElement)) return;
    if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) {
      event.preventDefault();
      void commit(event.target.value, event.key === "Tab" ? "next" : "stay");
    } else if (event.key === "Escape") {
      event.preventDefault();
      setEditing(null);
      move(focus);
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (editing !== null) return whileEditing(event);
    if (event.altKey || event.shiftKey) return;
    const at = order.indexOf(focus.column);
    const screen = Math.max(1, Math.floor(viewport / ROW_HEIGHT) - 1);
    const last = source.count - 1;
    const row = (index: number): Focus => ({ index: Math.max(0, Math.min(last, index)), column: focus.column });
    const column = (position: number): Focus => ({ index: focus.index, column: order[Math.max(0, Math.min(order.length - 1, position))] ?? ROW_HEAD });
    const far = event.ctrlKey || event.metaKey;
    const targets: Record<string, Focus | undefined> = {
      ArrowDown: row(focus.index + 1),
      ArrowUp: row(focus.index - 1),
      PageDown: row(focus.index + screen),
      PageUp: row(focus.index - screen),
      ArrowRight: column(at + 1),
      ArrowLeft: column(at - 1),
      Home: far ? { index: 0, column: ROW_HEAD } : column(0),
      End: far ? { index: last, column: order.at(-1) ?? ROW_HEAD } : column(order.length - 1),
    };
    const target = targets[event.key];
    if (target) move(target);
    else if (event.key === "Enter" || event.key === "F2") edit(focus.index, focus.column);
    else if (event.key === "F8") void goOn(undefined, false);
    else if (event.key.length === 1 && !far && event.key !== " ") edit(focus.index, focus.column, event.key);
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={frame}
      className="sheet"
      role="grid"
      aria-label={t("sheetTitle")}
      aria-rowcount={source.count + 1}
      aria-colcount={columns.length + 1}
      data-testid="sheet"
      style={{ "--sheet-needs": `${source.count * ROW_HEIGHT + HEAD_HEIGHT + SCROLLBAR}px` } as CSSProperties}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        if (event.target instanceof HTMLInputElement && event.relatedTarget && editing) void commit(event.target.value, "leave");
      }}
    >
      <div role="rowgroup" className="sheet-head" style={{ minWidth: width }}>
        <div role="row" aria-rowindex={1} className="sheet-head-row" style={{ gridTemplateColumns: template }}>
          <div role="columnheader" aria-colindex={1} className="sheet-corner">
            {t("row")}
          </div>
          {columns.map((column, position) => (
            <div key={column.index} role="columnheader" aria-colindex={position + 2} className={column.right ? "right" : ""}>
              <span className="sheet-field">{labelOf(column, code) ?? t("notImported")}</span>
              <span className="meta sheet-header">{column.header || t("columnOf", { number: column.index + 1 })}</span>
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="sheet-body" style={{ height: source.count * ROW_HEIGHT, minWidth: width }}>
        {drawn(range, kept < source.count ? kept : null).map((index) => (
          <SheetRow
            key={index}
            index={index}
            row={source.rowAt(index)}
            wasWrong={wrongOnly}
            columns={columns}
            template={template}
            focused={index === focus.index ? focus.column : null}
            editing={index === editing?.index ? editing.column : null}
            start={index === editing?.index ? editing.start : ""}
            saving={index === editing?.index && saving}
            above={(index + 1) * ROW_HEIGHT - scrollTop > viewport - 2 * ROW_HEIGHT && index > 1}
            onFocus={onFocusCell}
            onEdit={onEdit}
          />
        ))}
      </div>
    </div>
  );
}
