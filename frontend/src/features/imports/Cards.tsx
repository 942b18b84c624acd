import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useId, useState } from "react";

import type { ImportRow } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Empty, InlineFailure, Loaded } from "../../shared/ui/states";
import { StatusTag, ToneIcon } from "../../shared/ui/StatusTag";
import { errorsAt, ROW_HEAD } from "./cells";
import { labelOf, type SheetColumn } from "./columns";
import { messages } from "./messages";
import type { RowsProps } from "./Preview";
import { fetchRows, rowsKey, useCorrection } from "./queries";

const PAGE = 20;

/** On a phone each row is a card, twenty at a time. */
export function Cards({ row, columns, wrongOnly, onAll }: RowsProps) {
  const t = useText(messages);
  const [starts, setStarts] = useState<readonly number[]>([1]);
  const start = starts.at(-1) ?? 1;
  const query = useQuery({
    queryKey: rowsKey(row.id, "cards", wrongOnly ? "wrong" : "all", start),
    queryFn: ({ signal }) => fetchRows(row.id, { start, wrong: wrongOnly, size: PAGE }, signal),
    staleTime: Infinity,
  });
  const rows = query.data?.results ?? [];
  const last = rows.at(-1);
  return (
    <Loaded query={query} hasData={query.data !== undefined} rows={8}>
      {rows.length > 0 ? (
        <ul className="row-cards">
          {rows.map((each) => (
            <Card key={each.number} id={row.id} row={each} columns={columns} editable={row.allowed_actions.includes("correct") && each.number > (row.header_row ?? 0)} wasWrong={wrongOnly} />
          ))}
        </ul>
      ) : (
        <Empty
          title={t("noneWrong")}
          action={
            <button type="button" className="link-button" onClick={onAll}>
              {t("seeAllRows")}
            </button>
          }
        />
      )}
      <div className="actions row-cards-pages">
        <Button disabled={starts.length < 2} onClick={() => setStarts(starts.slice(0, -1))}>
          {t("previousRows")}
        </Button>
        <Button disabled={!query.data?.next || !last} onClick={() => last && setStarts([...starts, last.number + 1])}>
          {t("nextRows")}
        </Button>
      </div>
    </Loaded>
  );
}

interface CardProps {
  id: string;
  row: ImportRow;
  columns: readonly SheetColumn[];
  editable: boolean;
  wasWrong: boolean;
}

function Card({ id, row, columns, editable, wasWrong }: CardProps) {
  const t = useText(messages);
  const code = useCodes();
  const whole = errorsAt(row, ROW_HEAD);
  const shown = columns.filter((column) => row.cells[column.index] || errorsAt(row, column.index).length > 0);
  return (
    <li className="row-card" data-testid="row-card" data-number={row.number}>
      <div className="spread">
        <strong>{t("rowAt", { row: row.number })}</strong>
        {row.errors.length > 0 ? (
          <StatusTag tone="refused">{t("errorsCount", { count: row.errors.length })}</StatusTag>
        ) : row.ignored ? (
          <StatusTag tone="idle">{t("rowIgnored")}</StatusTag>
        ) : (
          wasWrong && <StatusTag tone="done">{t("rowMended")}</StatusTag>
        )}
      </div>
      {whole.map((error, position) => (
        <p key={position} className="refused-figure">
          <ToneIcon tone="refused" /> {error.field && `${code("import_field", error.field)}: `}
          {code("import_cell", error.code, error.params)}
        </p>
      ))}
      {row.ignored && <p className="muted">{row.cells.filter(Boolean).join(" · ")}</p>}
      <dl>
        {(row.ignored ? [] : shown).map((column) => (
          <CardCell key={column.index} id={id} row={row} column={column} editable={editable} />
        ))}
      </dl>
    </li>
  );
}

function CardCell({ id, row, column, editable }: { id: string; row: ImportRow; column: SheetColumn; editable: boolean }) {
  const t = useText(messages);
  const code = useCodes();
  const field = useId();
  const correction = useCorrection(id);
  const [text, setText] = useState<string | null>(null);
  const value = row.cells[column.index] ?? "";
  const wrong = errorsAt(row, column.index);
  const label = labelOf(column, code) ?? column.header;
  const save = async () => {
    try {
      if (text !== null && text !== value) await correction.mutateAsync({ number: row.number, column: column.index, value: text });
      setText(null);
    } catch {
      // what was typed stays; why it was not taken stands below
    }
  };
  return (
    <div className={wrong.length ? "row-card-wrong" : ""}>
      <dt id={field}>{label}</dt>
      <dd>
        {text === null ? (
          editable ? (
            <button type="button" className="row-card-value" onClick={() => setText(value)} aria-label={t("editCell", { column: label, value })}>
              {value || t("emptyCell")}
            </button>
          ) : (
            value
          )
        ) : (
          <form
            className="row-card-form"
            onSubmit={(event) => {
              event.preventDefault();
              void save();
            }}
          >
            <input className="input" aria-labelledby={field} value={text} autoFocus onChange={(event) => setText(event.target.value)} onKeyDown={(event) => event.key === "Escape" && setText(null)} data-testid="card-input" />
            <Button type="primary" htmlType="submit" loading={correction.isPending}>
              {t("save")}
            </Button>
          </form>
        )}
        {wrong.map((error, position) => (
          <span key={position} className="refused-figure">
            <ToneIcon tone="refused" /> {code("import_cell", error.code, error.params)}
          </span>
        ))}
        <InlineFailure error={correction.error} />
      </dd>
    </div>
  );
}
