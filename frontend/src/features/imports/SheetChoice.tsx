import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { documentUrl, upload } from "../../api/client";
import { fetchFile } from "../../api/download";
import type { ImportDetail } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { Choice } from "../../shared/ui/Filters";
import { InlineFailure } from "../../shared/ui/states";
import { messages } from "./messages";
import { useAfterAction } from "./queries";

/** A workbook's sheets: another one becomes an import of its own, and this one stays as it is. */
export function SheetChoice({ detail }: { detail: ImportDetail }) {
  const t = useText(messages);
  const navigate = useNavigate();
  const after = useAfterAction();
  const read = useMutation({
    mutationFn: async (sheet: string) => {
      const file = await fetchFile(documentUrl(detail.source ?? "", "file"));
      const fields = { kind: detail.kind, sheet };
      return upload<ImportDetail>("/api/v1/imports", new File([file], detail.filename), () => undefined, { name: "file", fields });
    },
    onSuccess: async (made) => {
      await after();
      await navigate(`/imports/${made.id}`);
    },
  });
  if (detail.sheets.length < 2 || !detail.source) return null;
  return (
    <>
      <Choice label={t("sheet")} value={detail.sheet} any={null} options={detail.sheets.map((sheet) => [sheet, sheet])} onChange={(sheet) => read.mutate(sheet)} testId="sheet-choice" />
      {read.isPending && <span className="meta">{t("sheetReading")}</span>}
      <InlineFailure error={read.error} />
    </>
  );
}
