import { Modal } from "antd";
import { useId, useState, type ReactNode } from "react";

import { api, data } from "../../api/client";
import { useResource } from "../../api/queries";
import type { FinancingRequestDetail, Invitation } from "../../api/types";
import { formatShare, typedAmount, typedPercent } from "../../shared/format/decimal";
import { formatMoney } from "../../shared/format/money";
import { today } from "../../shared/format/time";
import { useAct } from "../../shared/hooks/useAct";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { Facts } from "../../shared/ui/Facts";
import { Money } from "../../shared/ui/figures";
import { InlineFailure, Loaded } from "../../shared/ui/states";
import { costOf } from "./cost";
import { messages } from "./messages";

interface Props {
  request: FinancingRequestDetail;
  invitation: Invitation;
  onClose: () => void;
}

/** A funder's terms for a request; the programme's stand there to begin with. */
export function OfferDialog(props: Props) {
  const programme = useResource("/api/v1/financing/programmes/{id}", { id: props.invitation.programme.id });
  const t = useText(messages);
  return programme.data ? (
    <OfferForm {...props} programme={programme.data} />
  ) : (
    <Modal open title={t("offerTitle", { supplier: props.request.supplier.name })} footer={null} onCancel={props.onClose}>
      <Loaded query={programme} hasData={false} rows={6}>
        {null}
      </Loaded>
    </Modal>
  );
}

const VALID_DAYS = 7;

function OfferForm({ request, invitation, onClose, programme }: Props & { programme: { method: "pledge" | "assignment"; recourse: boolean; annual_rate: string; fee_rate: string; day_count: "ACT/360" | "ACT/365" | "30/360"; grace_days: number } }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const [amount, setAmount] = useState(request.amount);
  const [annual, setAnnual] = useState(formatShare(programme.annual_rate).replace("%", ""));
  const [fee, setFee] = useState(formatShare(programme.fee_rate).replace("%", ""));
  const [maturity, setMaturity] = useState(request.until);
  const [days, setDays] = useState(String(VALID_DAYS));
  const [grace, setGrace] = useState(String(programme.grace_days));
  const [conditions, setConditions] = useState("");
  const plain = typedAmount(amount);
  const [annualRate, feeRate] = [typedPercent(annual), typedPercent(fee)];
  const validity = Number(days);
  const graceDays = Number(grace);
  const valid = plain !== null && annualRate !== null && feeRate !== null && maturity > today() && Number.isInteger(validity) && validity > 0 && Number.isInteger(graceDays) && graceDays >= 0;
  const cost = plain && annualRate && feeRate ? costOf(plain, { annual_rate: annualRate, fee_rate: feeRate, day_count: programme.day_count }, today(), maturity) : null;
  const send = useAct(
    () =>
      data(
        api.POST("/api/v1/financing/invitations/{id}/offers", {
          params: { path: { id: invitation.id } },
          body: {
            method: programme.method,
            recourse: programme.recourse,
            day_count: programme.day_count,
            annual_rate: annualRate ?? "",
            fee_rate: feeRate ?? "",
            grace_days: graceDays,
            amount: plain ?? "",
            maturity,
            valid_until: new Date(Date.now() + validity * 86_400_000).toISOString(),
            conditions: conditions.trim(),
          },
        }),
      ),
    onClose,
  );
  return (
    <Modal
      open
      width={640}
      title={t("offerTitle", { supplier: request.supplier.name })}
      okText={t("propose")}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: !valid, loading: send.isPending, "data-testid": "offer-propose" }}
      onOk={() => send.mutate()}
      onCancel={onClose}
    >
      <div className="stack">
        <p>{t("offerWhat")}</p>
        <div className="request-fields">
          <Field label={t("amountOf", { currency: request.currency })} hint={plain === null ? t("wrongAmount") : t("offerAmountHint", { asked: formatMoney(request.amount, request.currency, language) })}>
            {(id) => <input id={id} className="input right" inputMode="decimal" value={amount} onChange={(event) => setAmount(event.target.value)} data-testid="offer-amount" />}
          </Field>
          <Field label={t("maturity")}>{(id) => <input id={id} type="date" className="input" min={today()} value={maturity} onChange={(event) => setMaturity(event.target.value)} />}</Field>
          <Field label={t("ratePercent")} hint={t("offerRateHint")}>
            {(id) => <input id={id} className="input right" inputMode="decimal" value={annual} onChange={(event) => setAnnual(event.target.value)} data-testid="offer-rate" />}
          </Field>
          <Field label={t("feePercent")}>{(id) => <input id={id} className="input right" inputMode="decimal" value={fee} onChange={(event) => setFee(event.target.value)} />}</Field>
          <Field label={t("graceDays")}>{(id) => <input id={id} type="number" min={0} max={365} className="input" value={grace} onChange={(event) => setGrace(event.target.value)} />}</Field>
          <Field label={t("validDays")}>{(id) => <input id={id} type="number" min={1} max={90} className="input" value={days} onChange={(event) => setDays(event.target.value)} />}</Field>
        </div>
        <Field label={t("conditions")}>{(id) => <textarea id={id} className="input" rows={2} maxLength={1000} value={conditions} onChange={(event) => setConditions(event.target.value)} />}</Field>
        <Facts
          facts={[
            [t("method"), `${code("financingMethod", programme.method)} · ${t(programme.recourse ? "withRecourse" : "withoutRecourse")} · ${programme.day_count}`],
            cost && [t("costPreview", { days: cost.days }), <Money key="cost" value={cost.total} currency={request.currency} />],
          ]}
        />
        <InlineFailure error={send.error} />
      </div>
    </Modal>
  );
}

function Field({ label, hint, children }: { label: string; hint?: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {hint && <span className="meta">{hint}</span>}
    </div>
  );
}
