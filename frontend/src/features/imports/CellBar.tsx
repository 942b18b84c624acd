import { Button } from "antd";
import { useState } from "react";

import type { ImportDetail, ImportRow } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { errorsAt, ROW_HEAD } from "./cells";
import { labelOf, type SheetColumn } from "./columns";
import { messages } from "./messages";
import { ReplaceDialog } from "./ReplaceDialog";

interface Props {
  detail: ImportDetail;
  row: ImportRow | undefined;
  column: SheetColumn | undefined;
  /** Why the last correction was not taken. */
  failure: unknown;
}

/** The focused cell in full: where it is, what it says, what the file said, what is wrong. */
export function CellBar({ detail, row, column, failure }: Props) {
  const t = useText(messages);
  const code = useCodes();
  const [replacing, setReplacing] = useState(false);
  const at = column?.index ?? ROW_HEAD;
  const text = column ? (row?.cells[column.index] ?? "") : "";
  const before = column && row?.corrected[String(column.index)];
  const wrong = row ? errorsAt(row, at) : [];
  const mayReplace = detail.allowed_actions.includes("replace") && column && row && row.number > (detail.header_row ?? 0);
  return (
    <div className="cell-bar" data-testid="cell-bar">
      <div className="cell-bar-words">
        {row && (
          <p>
            <span className="meta">{column ? t("cellAt", { row: row.number, column: labelOf(column, code) ?? column.header }) : t("rowAt", { row: row.number })}</span>{" "}
            <strong>{column ? text || t("emptyCell") : ""}</strong>
            {column && row.read[String(column.index)] !== undefined && <span data-testid="cell-read"> {t("readAs", { value: row.read[String(column.index)] ?? "" })}</span>}
            {before !== undefined && <span className="meta"> {t("fileSays", { text: before || t("emptyCell") })}</span>}
            {row.ignored && <span className="meta"> {t("rowIgnored")}</span>}
          </p>
        )}
        {wrong.map((error, position) => (
          <p key={position} className="refused-figure">
            <ToneIcon tone="refused" /> {column || !error.field ? "" : `${code("import_field", error.field)}: `}
            {code("import_cell", error.code, error.params)}
          </p>
        ))}
        <InlineFailure error={failure} />
      </div>
      {mayReplace && (
        <Button size="small" onClick={() => setReplacing(true)} data-testid="replace-button">
          {t("replace")}
        </Button>
      )}
      {replacing && column && <ReplaceDialog detail={detail} column={column} before={text} onClose={() => setReplacing(false)} />}
    </div>
  );
}
