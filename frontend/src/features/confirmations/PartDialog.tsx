import { Button, Modal } from "antd";
import { useId, useState } from "react";

import type { ConfirmationSheet } from "../../api/types";
import { formatExact } from "../../shared/format/decimal";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { deskMessages } from "./deskMessages";
import { ReasonFields, type ReasonCode } from "./DisputeDialog";

const QUANTITY = /^\d{1,17}(\.\d{1,13})?$/;

export interface Part {
  lines: { position: number; quantity: string }[];
  rest_disputed: boolean;
  reason_code: ReasonCode | "";
  reason: string;
}

interface Props {
  sheet: ConfirmationSheet;
  busy: boolean;
  error: unknown;
  onSubmit: (part: Part) => void;
  onClose: () => void;
}

/** How much of which line is confirmed, and what becomes of the rest. */
export function PartDialog({ sheet, busy, error, onSubmit, onClose }: Props) {
  const d = useText(deskMessages);
  const code = useCodes();
  const id = useId();
  const [quantities, setQuantities] = useState<Readonly<Record<number, string>>>(() => Object.fromEntries(sheet.lines.map((line) => [line.position, line.confirmed ?? ""])));
  const [restDisputed, setRestDisputed] = useState(false);
  const [reasonCode, setReasonCode] = useState<ReasonCode>("quantity");
  const [reason, setReason] = useState("");
  const lines = sheet.lines.map(({ position }) => ({ position, quantity: (quantities[position] ?? "").replaceAll(",", "").trim() })).filter((line) => line.quantity !== "");
  const ready = lines.length > 0 && lines.every((line) => QUANTITY.test(line.quantity)) && (!restDisputed || reason.trim() !== "");

  return (
    <Modal open width={640} title={d("partTitle")} onCancel={onClose} footer={null}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onSubmit({ lines, rest_disputed: restDisputed, reason_code: restDisputed ? reasonCode : "", reason: restDisputed ? reason.trim() : "" });
        }}
      >
        <p className="muted">{d("partText")}</p>
        {sheet.lines.map((line) => (
          <div key={line.position} className="field">
            <label htmlFor={`${id}${line.position}`}>
              {line.line} {line.item}
            </label>
            <input
              id={`${id}${line.position}`}
              className="input right"
              inputMode="decimal"
              autoComplete="off"
              value={quantities[line.position] ?? ""}
              onChange={(event) => setQuantities({ ...quantities, [line.position]: event.target.value })}
              aria-describedby={`${id}${line.position}hint`}
              data-testid="part-quantity"
            />
            <span id={`${id}${line.position}hint`} className="meta">
              {d("stated", { stated: `${formatExact(line.stated)} ${line.unit ? code("unit", line.unit, {}, line.unit) : ""}`.trim() })}
              {line.confirmed && ` · ${d("confirmedBefore", { confirmed: formatExact(line.confirmed) })}`}
            </span>
          </div>
        ))}
        <fieldset className="choices">
          {[false, true].map((disputed) => (
            <label key={String(disputed)} className="check">
              <input type="radio" name={`${id}rest`} checked={restDisputed === disputed} onChange={() => setRestDisputed(disputed)} data-testid={disputed ? "rest-disputed" : "rest-open"} />
              {d(disputed ? "restDisputed" : "restOpen")}
            </label>
          ))}
        </fieldset>
        {restDisputed && <ReasonFields code={reasonCode} reason={reason} onCode={setReasonCode} onReason={setReason} />}
        <InlineFailure error={error} />
        <div className="actions end">
          <Button onClick={onClose}>{d("cancel")}</Button>
          <Button type="primary" htmlType="submit" disabled={!ready} loading={busy} data-testid="part-sign">
            {d("sign")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
