import { Button, Modal } from "antd";
import { useId, useState } from "react";

import { api, data } from "../../api/client";
import type { Desk } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { AmountField, amountOf } from "./AmountField";
import { settingsMessages } from "./settingsMessages";
import { useAct } from "./useAct";

const KINDS = ["order", "receipt_advice", "invoice"] as const;
type Kind = (typeof KINDS)[number];

export function RuleDialog({ desk, onClose }: { desk: Desk; onClose: () => void }) {
  const t = useText(settingsMessages);
  const code = useCodes();
  const id = useId();
  const [seller, setSeller] = useState(desk.suppliers[0]?.id ?? "");
  const [kinds, setKinds] = useState<ReadonlySet<Kind>>(new Set(KINDS));
  const [each, setEach] = useState("");
  const [day, setDay] = useState("");
  const [amount, daily] = [amountOf(each), amountOf(day)];
  const ready = seller !== "" && kinds.size > 0 && amount && daily;
  const ask = useAct(
    () => data(api.POST("/api/v1/confirmations/desk/rules", { body: { seller, kinds: [...kinds], currency: desk.policy?.currency ?? "CNY", amount_up_to: amount ?? "", daily_up_to: daily ?? "" } })),
    t("requested"),
    onClose,
  );
  const toggle = (kind: Kind) => {
    const next = new Set(kinds);
    if (!next.delete(kind)) next.add(kind);
    setKinds(next);
  };
  return (
    <Modal open title={t("addRule")} onCancel={onClose} footer={null}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) ask.mutate();
        }}
      >
        <p className="muted">{t("rulesText")}</p>
        <div className="field">
          <label htmlFor={`${id}seller`}>{t("supplier")}</label>
          <select id={`${id}seller`} className="select" value={seller} onChange={(event) => setSeller(event.target.value)} data-testid="rule-supplier">
            {desk.suppliers.map((row) => (
              <option key={row.id} value={row.id}>
                {row.name}
              </option>
            ))}
          </select>
        </div>
        <fieldset className="choices">
          <legend>{t("kinds")}</legend>
          {KINDS.map((kind) => (
            <label key={kind} className="check">
              <input type="checkbox" checked={kinds.has(kind)} onChange={() => toggle(kind)} />
              {code("documentKind", kind)}
            </label>
          ))}
        </fieldset>
        <AmountField label={t("each")} value={each} onChange={setEach} testId="rule-each" />
        <AmountField label={t("day")} value={day} onChange={setDay} testId="rule-day" />
        <InlineFailure error={ask.error} />
        <div className="actions end">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="primary" htmlType="submit" disabled={!ready} loading={ask.isPending} data-testid="rule-ask">
            {t("askFor")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
