import { Button } from "antd";
import { useId, type ReactNode, type RefObject } from "react";

import { useText } from "../../../shared/i18n/LanguageProvider";
import { messages } from "./messages";

interface Props {
  dirty: boolean;
  saving: boolean;
  reason: string;
  setReason: (reason: string) => void;
  field: RefObject<HTMLInputElement | null>;
  onSave: () => void;
  onDiscard: () => void;
  children: ReactNode;
}

/** Why, and save: at the foot of the fields, always in sight. */
export function SaveBar({ dirty, saving, reason, setReason, field, onSave, onDiscard, children }: Props) {
  const t = useText(messages);
  const id = useId();
  return (
    <form
      className="save-bar"
      data-testid="save-bar"
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      {children}
      <div className="save-row">
        <div className="field grow">
          <label htmlFor={id}>{t("reason")}</label>
          <input id={id} ref={field} className="input" value={reason} onChange={(event) => setReason(event.target.value)} placeholder={t("reasonHint")} list={`${id}-list`} maxLength={1_000} autoComplete="off" data-testid="reason" />
          <datalist id={`${id}-list`}>
            <option value={t("reasonTyped")} />
            <option value={t("reasonMisread")} />
            <option value={t("reasonPartner")} />
          </datalist>
        </div>
        <span className="meta" role="status">
          {dirty ? t("unsaved") : t("noChanges")}
        </span>
        {dirty && (
          <Button onClick={onDiscard} data-testid="discard">
            {t("discard")}
          </Button>
        )}
        <Button type="primary" htmlType="submit" loading={saving} disabled={!dirty} data-testid="save">
          {t("save")} <kbd>Ctrl ↵</kbd>
        </Button>
      </div>
    </form>
  );
}
