import DownloadOutlined from "@ant-design/icons/DownloadOutlined";
import { useMutation } from "@tanstack/react-query";
import { App, Button } from "antd";

import { fetchFile, save } from "../../api/download";
import type { Import } from "../../api/types";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { describe } from "../../shared/ui/errors";
import { messages } from "./messages";

/** The rows as a workbook, with what is wrong in a column of its own; with `wrong` only those that have errors. */
export function ExportButton({ row, wrong }: { row: Import; wrong: boolean }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const { message } = App.useApp();
  const name = `${row.filename.replace(/\.[^.]*$/, "")}-${t(wrong ? "exportNameWrong" : "exportNameAll")}.xlsx`;
  const fetching = useMutation({
    mutationFn: () => fetchFile(`/api/v1/imports/${row.id}/export?file=xlsx&lang=${language}&wrong=${wrong}`),
    onSuccess: (file) => save(file, name),
    onError: (error) => void message.error(describe(error, code).what),
  });
  return (
    <Button icon={<DownloadOutlined aria-hidden />} loading={fetching.isPending} onClick={() => fetching.mutate()} data-testid={wrong ? "export-wrong" : "export-all"}>
      {t(wrong ? "exportWrong" : "exportAll")}
    </Button>
  );
}
