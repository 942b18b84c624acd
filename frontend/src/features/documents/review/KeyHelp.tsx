import { Modal } from "antd";

import { useText } from "../../../shared/i18n/LanguageProvider";
import { messages } from "./messages";

/** The keys of the desk. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const t = useText(messages);
  const keys = [
    [["j", "k"], t("helpNext")],
    [["e"], t("helpEdit")],
    [["Ctrl ↵"], t("helpSave")],
    [["[", "]"], t("helpPages")],
    [["Esc"], t("helpLeave")],
    [["?"], t("helpHelp")],
  ] as const;
  return (
    <Modal open title={t("helpTitle")} footer={null} onCancel={onClose} width={420}>
      <dl className="key-help" data-testid="key-help-list">
        {keys.map(([names, words]) => (
          <div key={words}>
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
