import { Button, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import type { Desk } from "../../api/types";
import { useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { AmountField, amountOf } from "./AmountField";
import { settingsMessages } from "./settingsMessages";
import { useAct } from "./useAct";

export function LimitsDialog({ desk, onClose }: { desk: Desk; onClose: () => void }) {
  const t = useText(settingsMessages);
  const id = useId();
  const [currency, setCurrency] = useState(desk.policy?.currency ?? "CNY");
  const [one, setOne] = useState(desk.policy?.one_person_up_to ?? "");
  const [two, setTwo] = useState(desk.policy?.two_people_up_to ?? "");
  const [typed, setTyped] = useState(desk.policy?.typed_above ?? "");
  const [executives, setExecutives] = useState<ReadonlySet<string>>(new Set(desk.policy?.executives.map((row) => row.id)));
  const [first, second, third] = [amountOf(one), amountOf(two), amountOf(typed)];
  const ready = first !== undefined && second !== undefined && third !== undefined && /^[A-Z]{3}$/.test(currency);
  const ask = useAct(
    () => data(api.POST("/api/v1/confirmations/desk/policy", { body: { currency, one_person_up_to: first ?? null, two_people_up_to: second ?? null, typed_above: third ?? null, executives: [...executives] } })),
    t("requested"),
    onClose,
  );
  const toggle = (person: string) => {
    const next = new Set(executives);
    if (!next.delete(person)) next.add(person);
    setExecutives(next);
  };
  return (
    <Modal open title={t("limitsTitle")} onCancel={onClose} footer={null}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) ask.mutate();
        }}
      >
        <div className="field">
          <label htmlFor={`${id}currency`}>{t("currency")}</label>
          <input id={`${id}currency`} className="input" value={currency} maxLength={3} onChange={(event) => setCurrency(event.target.value.toUpperCase())} />
        </div>
        <AmountField label={t("one")} value={one} hint={t("none")} onChange={setOne} testId="limit-one" />
        <AmountField label={t("two")} value={two} hint={t("none")} onChange={setTwo} testId="limit-two" />
        <AmountField label={t("typed")} value={typed} hint={t("none")} onChange={setTyped} testId="limit-typed" />
        <fieldset className="choices">
          <legend>{t("executives")}</legend>
          {desk.colleagues.map((row) => (
            <label key={row.id} className="check">
              <input type="checkbox" checked={executives.has(row.id)} onChange={() => toggle(row.id)} />
              {row.name}
            </label>
          ))}
        </fieldset>
        <InlineFailure error={ask.error} />
        <div className="actions end">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="primary" htmlType="submit" disabled={!ready} loading={ask.isPending} data-testid="limits-ask">
            {t("askFor")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
