import { useMutation } from "@tanstack/react-query";
import { App, Button, Dropdown } from "antd";

import { fetchFile, save } from "../../api/download";
import { LANGUAGES } from "../../shared/i18n/language";
import { useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { messages } from "./messages";

/** 确权凭证 as a PDF, in the language that its reader needs. */
export function CertificateButton({ id, name }: { id: string; name: string }) {
  const t = useText(messages);
  const { message } = App.useApp();
  const download = useMutation({
    mutationFn: (language: string) => fetchFile(`/api/v1/rights/${id}/certificate?lang=${language}`),
    onSuccess: (file, language) => {
      save(file, `${t("certificate")} ${name}.${language}.pdf`);
      void message.success(t("certificateSaved"));
    },
  });
  return (
    <>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: LANGUAGES.map((each) => ({ key: each, label: <span data-testid={`certificate-${each}`}>{t(`certificate_${each}`)}</span> })),
          onClick: ({ key }) => download.mutate(key),
        }}
      >
        <Button loading={download.isPending} data-testid="certificate">
          {t("certificate")}
        </Button>
      </Dropdown>
      <InlineFailure error={download.error} />
    </>
  );
}
