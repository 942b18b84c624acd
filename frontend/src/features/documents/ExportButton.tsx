import { useMutation } from "@tanstack/react-query";
import { App, Button, Dropdown } from "antd";

import { fetchFile, save } from "../../api/download";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { messages } from "./messages";

/** The list as it is narrowed now, as a file that opens rightly in Excel. */
export function ExportButton({ filters }: { filters: Record<string, string> }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const download = useMutation({
    mutationFn: (file: string) => {
      const given = Object.entries(filters).filter(([, value]) => value !== "");
      return fetchFile(`/api/v1/documents/export?${new URLSearchParams([...given, ["file", file], ["lang", language]]).toString()}`);
    },
    onSuccess: (file, form) => {
      save(file, `${t("title")}.${form}`);
      void message.success(t("exported"));
    },
  });
  return (
    <>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            { key: "xlsx", label: <span data-testid="export-xlsx">{t("exportXlsx")}</span> },
            { key: "csv", label: <span data-testid="export-csv">{t("exportCsv")}</span> },
          ],
          onClick: ({ key }) => download.mutate(key),
        }}
      >
        <Button loading={download.isPending} data-testid="export-documents">
          {t("exportAs")}
        </Button>
      </Dropdown>
      <InlineFailure error={download.error} />
    </>
  );
}
