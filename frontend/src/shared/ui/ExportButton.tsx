import { useMutation } from "@tanstack/react-query";
import { App, Button, Dropdown } from "antd";

import { fetchFile, save } from "../../api/download";
import { useLanguage, useText } from "../i18n/LanguageProvider";
import { InlineFailure } from "./states";
import { words } from "./words";

interface Props {
  /** Where it comes from. */
  path: string;
  /** What narrows it; empty ones are left out. */
  filters: Readonly<Record<string, string>>;
  /** What to call the file. */
  name: string;
  forms?: readonly Form[];
  testId?: string;
}

type Form = "xlsx" | "csv" | "pdf";

/** A list or an account as a file: a workbook or CSV that opens rightly in Excel, or a PDF. */
export function ExportButton({ path, filters, name, forms = ["xlsx", "csv"], testId }: Props) {
  const t = useText(words);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const download = useMutation({
    mutationFn: (file: string) => {
      const given = Object.entries(filters).filter(([, value]) => value !== "");
      return fetchFile(`${path}?${new URLSearchParams([...given, ["file", file], ["lang", language]]).toString()}`);
    },
    onSuccess: (file, form) => {
      save(file, `${name}.${form}`);
      void message.success(t("exported"));
    },
  });
  return (
    <>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: forms.map((form) => ({ key: form, label: <span data-testid={`export-${form}`}>{t(`export_${form}`)}</span> })),
          onClick: ({ key }) => download.mutate(key),
        }}
      >
        <Button className="export-button" loading={download.isPending} data-testid={testId}>
          {t("exportAs")}
        </Button>
      </Dropdown>
      <InlineFailure error={download.error} />
    </>
  );
}
