import { useMutation } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useState } from "react";

import { documentUrl } from "../../api/client";
import { fetchFile, save } from "../../api/download";
import type { DocumentDetail } from "../../api/types";
import { LANGUAGES, type Language } from "../../shared/i18n/language";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { messages } from "./messages";

/** The certificate as a PDF, in the language that its reader needs. */
export function CertificateDialog({ document, onClose }: { document: DocumentDetail; onClose: () => void }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const [chosen, setChosen] = useState<Language>(language);
  const download = useMutation({
    mutationFn: () => fetchFile(`${documentUrl(document.id, "certificate")}?lang=${chosen}`),
    onSuccess: (file) => {
      save(file, `${document.filename}.certificate.${chosen}.pdf`);
      void message.success(t("certificateSaved"));
      onClose();
    },
  });
  return (
    <Modal open title={t("certificate")} onCancel={onClose} footer={null}>
      <form
        className="stack-tight"
        onSubmit={(event) => {
          event.preventDefault();
          download.mutate();
        }}
      >
        <p className="muted">{t("certificateText")}</p>
        <fieldset className="plain-fieldset">
          <legend className="label">{t("certificateLanguage")}</legend>
          {LANGUAGES.map((each) => (
            <label key={each} className="check">
              <input type="radio" name="language" value={each} checked={chosen === each} onChange={() => setChosen(each)} />
              <span>{t(`certificate_${each}`)}</span>
            </label>
          ))}
        </fieldset>
        <div className="note note-idle">
          <div>{t("certificateLimits")}</div>
        </div>
        <InlineFailure error={download.error} />
        <div className="actions end">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={download.isPending} data-testid="certificate-submit">
            {t("certificateSubmit")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
