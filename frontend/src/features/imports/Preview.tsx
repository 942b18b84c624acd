import { Button } from "antd";
import { useRef, useState } from "react";
import { Link } from "react-router";

import { useResource } from "../../api/queries";
import type { ImportDetail, ImportRow } from "../../api/types";
import { useMedia } from "../../shared/hooks/useMedia";
import { useText } from "../../shared/i18n/LanguageProvider";
import { Section } from "../../shared/ui/Page";
import { Segments } from "../../shared/ui/Segments";
import { Empty, Failure, Skeleton } from "../../shared/ui/states";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { Cards } from "./Cards";
import { CellBar } from "./CellBar";
import { ROW_HEAD } from "./cells";
import { sheetColumns, type SheetColumn } from "./columns";
import { ExportButton } from "./ExportButton";
import { messages } from "./messages";
import { fetchRows, useCorrection, useForgetRows } from "./queries";
import { Sheet, type Focus } from "./Sheet";
import { useAllRows, useWrongRows, type RowSource } from "./useRows";

interface Props {
  row: ImportDetail;
  show: string;
  onShow: (value: string) => void;
}

/** The rows as they will be imported: what is wrong in which cell, mended on the spot. */
export function Preview({ row, show, onShow }: Props) {
  const t = useText(messages);
  const choices = useResource("/api/v1/imports/choices");
  const narrow = useMedia("(max-width: 720px)");
  const [all, setAll] = useState(false);
  const goNext = useRef<() => void>(() => undefined);
  useForgetRows(row.id);
  const kind = choices.data?.kinds.find((each) => each.kind === row.kind);
  const columns = sheetColumns(row.columns, kind, all, row.mapping?.units ?? {});
  const unmapped = row.columns.filter((column) => !column.field).length;
  const { rows, wrong } = row.counts;
  const wrongOnly = show === "wrong";
  if (!choices.data) return choices.isError ? <Failure error={choices.error} retry={() => void choices.refetch()} /> : <Skeleton rows={10} />;
  const Rows = narrow ? Cards : wrongOnly ? WrongSheet : AllSheet;

  return (
    <Section title={t("previewTitle")} className="preview" testId="preview">
      <div className="stack-tight">
        <Summary row={row} />
        <div className="preview-tools">
          <Segments
            label={t("showRows")}
            value={show}
            options={[
              ["", t("allRows", { count: rows.toLocaleString("en") })],
              ["wrong", t("onlyWrong", { count: wrong.toLocaleString("en") })],
            ]}
            onChange={onShow}
          />
          {!narrow && wrong > 0 && (
            <Button onClick={() => goNext.current()} data-testid="next-error">
              {t("nextError")} <kbd>F8</kbd>
            </Button>
          )}
          {wrong > 0 && <ExportButton row={row} wrong />}
          {!narrow && unmapped > 0 && (
            <label className="check preview-check">
              <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
              <span>{t("showUnmapped", { count: unmapped })}</span>
            </label>
          )}
        </div>
      </div>
      <Rows
        key={wrongOnly ? "wrong" : "all"}
        row={row}
        columns={columns}
        wrongOnly={wrongOnly}
        bindNext={(next) => {
          goNext.current = next;
        }}
        onAll={() => onShow("")}
      />
      {!narrow && <p className="hint-keys">{t("keys")}</p>}
    </Section>
  );
}

function Summary({ row }: { row: ImportDetail }) {
  const t = useText(messages);
  const choices = useResource("/api/v1/imports/choices");
  const { rows, wrong, documents } = row.counts;
  const system = choices.data?.systems.find((each) => each.code === row.system)?.name;
  const source = row.saved_as ? t("mappedAs", { name: row.saved_as }) : system ? t("mappedBySystem", { system }) : t("mappedByWords");
  return (
    <>
      <p data-testid="preview-counts" data-wrong={wrong}>
        <ToneIcon tone={wrong > 0 ? "attention" : "done"} /> {t("countsText", { rows: rows.toLocaleString("en"), documents: documents.toLocaleString("en") })}{" "}
        {wrong > 0 ? t("countsWrong", { wrong: wrong.toLocaleString("en") }) : t("countsSound")}
      </p>
      <p className="meta">
        {source} <Link to="?step=map">{t("seeMapping")}</Link>
      </p>
    </>
  );
}

export interface RowsProps {
  row: ImportDetail;
  columns: readonly SheetColumn[];
  wrongOnly: boolean;
  bindNext: (next: () => void) => void;
  onAll: () => void;
}

function AllSheet(props: RowsProps) {
  return <Worked {...props} source={useAllRows(props.row.id, props.row.counts.rows)} />;
}

function WrongSheet(props: RowsProps) {
  return <Worked {...props} source={useWrongRows(props.row.id)} />;
}

/** The sheet with the bar of its focused cell. */
function Worked({ row, columns, wrongOnly, source, bindNext, onAll }: RowsProps & { source: RowSource }) {
  const t = useText(messages);
  const correction = useCorrection(row.id);
  const [focus, setFocus] = useState<Focus>({ index: 0, column: columns[0]?.index ?? ROW_HEAD });
  const nextWrongRow = async (after: number): Promise<ImportRow | null> => (await fetchRows(row.id, { start: after + 1, wrong: true, size: 1 })).results[0] ?? null;

  if (source.error && source.count === 0) return <Failure error={source.error} retry={source.retry} />;
  if (wrongOnly && source.isPending) return <Skeleton rows={10} />;
  if (source.count === 0)
    return (
      <Empty
        title={t("noneWrong")}
        action={
          <button type="button" className="link-button" onClick={onAll}>
            {t("seeAllRows")}
          </button>
        }
      />
    );
  return (
    <>
      {Boolean(source.error) && <Failure error={source.error} retry={source.retry} />}
      <Sheet
        source={source}
        columns={columns}
        headerRow={row.header_row ?? 0}
        editable={row.allowed_actions.includes("correct")}
        wrongOnly={wrongOnly}
        focus={focus}
        setFocus={setFocus}
        onSave={async ({ number, column }, value) => (await correction.mutateAsync({ number, column, value })).row}
        nextWrongRow={nextWrongRow}
        bindNext={bindNext}
      />
      <CellBar detail={row} row={source.rowAt(focus.index)} column={columns.find((column) => column.index === focus.column)} failure={correction.error} />
    </>
  );
}
