import type { UseMutationResult } from "@tanstack/react-query";
import { Modal } from "antd";
import { useId, useState, type ReactNode } from "react";

import { inCapitals } from "../format/capital";
import { isAbove, typedAmount } from "../format/decimal";
import { useLanguage, useText } from "../i18n/LanguageProvider";
import { Facts, type Fact } from "./Facts";
import { Money } from "./figures";
import { InlineFailure } from "./states";
import { words } from "./words";

interface Props {
  title: string;
  /** What follows. */
  children: ReactNode;
  action: string;
  amount: string;
  currency: string;
  facts?: readonly (Fact | false | null)[];
  act: UseMutationResult<unknown, Error, string>;
  /** Whether what the children ask for is given. */
  ready?: boolean;
  /** Whether the children say what went wrong. */
  quiet?: boolean;
  onClose: () => void;
}

/** An act on money: whoever takes it types the amount back, and reads it in words (大写). */
export function TypedAmountDialog({ title, children, action, amount, currency, facts = [], act, ready = true, quiet = false, onClose }: Props) {
  const t = useText(words);
  const { language } = useLanguage();
  const id = useId();
  const [text, setText] = useState("");
  const typed = typedAmount(text);
  const same = typed !== null && !isAbove(typed, amount) && !isAbove(amount, typed);
  const capitals = typed !== null && language === "zh" ? inCapitals(typed, currency) : null;
  return (
    <Modal
      open
      title={title}
      okText={action}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: !same || !ready, loading: act.isPending, "data-testid": "typed-amount-confirm" }}
      onOk={() => typed !== null && act.mutate(typed)}
      onCancel={onClose}
    >
      <div className="stack">
        {children}
        <Facts facts={[[t("amount"), <Money key="amount" value={amount} currency={currency} wan />], ...facts]} />
        <div className="field">
          <label htmlFor={id}>{t("typeAmount")}</label>
          <input id={id} className="input right" inputMode="decimal" autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} aria-describedby={`${id}hint`} data-testid="typed-amount" />
          <span id={`${id}hint`} className="meta" role="status">
            {text !== "" && !same ? t("amountDiffers") : capitals && t("capitals", { words: capitals })}
          </span>
        </div>
        {!quiet && <InlineFailure error={act.error} />}
      </div>
    </Modal>
  );
}
