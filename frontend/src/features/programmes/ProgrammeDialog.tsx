import { Modal } from "antd";
import { useId, useState, type ReactNode } from "react";
import { useNavigate } from "react-router";

import { api, data } from "../../api/client";
import { useList } from "../../api/queries";
import type { Programme } from "../../api/types";
import { formatShare, typedAmount, typedPercent } from "../../shared/format/decimal";
import { useAct } from "../../shared/hooks/useAct";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { InlineFailure } from "../../shared/ui/states";
import { messages } from "./messages";
import "./programmes.css";

const RUNGS = [1, 2, 3, 4, 5] as const;
const DEFAULT_RATES: Record<number, string> = { 1: "30", 2: "40", 3: "70", 4: "80", 5: "90" };
const METHODS = ["assignment", "pledge"] as const;
const DAY_COUNTS = ["ACT/360", "ACT/365", "30/360"] as const;

interface Form {
  core: string;
  name: string;
  limit: string;
  supplierLimit: string;
  minRung: number;
  rates: Record<number, string>;
  annual: string;
  fee: string;
  dayCount: Programme["day_count"];
  method: Programme["method"];
  recourse: boolean;
  tenor: string;
  grace: string;
}

const shown = (rate: string) => formatShare(rate).replace("%", "");

function formOf(row?: Programme): Form {
  return {
    core: row?.core_enterprise.id ?? "",
    name: row?.name ?? "",
    limit: row?.limit ?? "",
    supplierLimit: row?.supplier_limit ?? "",
    minRung: row?.min_rung ?? 3,
    rates: row ? Object.fromEntries(row.advance_rates.map((each) => [each.rung, shown(each.rate)])) : DEFAULT_RATES,
    annual: row ? shown(row.annual_rate) : "",
    fee: row ? shown(row.fee_rate) : "0",
    dayCount: row?.day_count ?? "ACT/360",
    method: row?.method ?? "assignment",
    recourse: row?.recourse ?? true,
    tenor: String(row?.max_tenor_days ?? 180),
    grace: String(row?.grace_days ?? 0),
  };
}

const whole = (text: string, least: number) => /^\d+$/.test(text) && Number(text) >= least;

/** What the server takes, or null while something is missing or malformed. */
function bodyOf(form: Form, currency: string) {
  const [limit, supplierLimit] = [typedAmount(form.limit), typedAmount(form.supplierLimit)];
  const [annual, fee] = [typedPercent(form.annual), typedPercent(form.fee)];
  const rates = RUNGS.filter((rung) => rung >= form.minRung).map((rung) => ({ rung, rate: typedPercent(form.rates[rung] ?? "")?.slice(0, 6) ?? null }));
  const complete = form.core && form.name.trim() && limit && supplierLimit && annual && fee && whole(form.tenor, 1) && whole(form.grace, 0);
  if (!complete || rates.some((each) => each.rate === null)) return null;
  return {
    core_enterprise: form.core,
    name: form.name.trim(),
    currency,
    limit,
    supplier_limit: supplierLimit,
    min_rung: form.minRung,
    advance_rates: rates.map((each) => ({ rung: each.rung, rate: each.rate ?? "" })),
    annual_rate: annual,
    fee_rate: fee,
    day_count: form.dayCount,
    method: form.method,
    recourse: form.recourse,
    max_tenor_days: Number(form.tenor),
    grace_days: Number(form.grace),
  };
}

/** A programme's terms, as a draft. */
export function ProgrammeDialog({ programme, onClose }: { programme?: Programme; onClose: () => void }) {
  const t = useText(messages);
  const code = useCodes();
  const navigate = useNavigate();
  const cores = useList("/api/v1/financing/core-enterprises", {}, { pageSize: 100 });
  const [form, setForm] = useState(() => formOf(programme));
  const set = <K extends keyof Form>(name: K, value: Form[K]) => setForm((before) => ({ ...before, [name]: value }));
  const body = bodyOf(form, programme?.currency ?? "CNY");
  const save = useAct(async () => {
    if (!body) return;
    if (programme) await data(api.POST("/api/v1/financing/programmes/{id}/change", { params: { path: { id: programme.id } }, body }));
    else {
      const made = await data(api.POST("/api/v1/financing/programmes", { body }));
      void navigate(`/programmes/${made.id}`);
    }
  }, onClose);
  const text = (name: "name" | "limit" | "supplierLimit" | "annual" | "fee" | "tenor" | "grace", decimal = true) => (id: string) => (
    <input id={id} className={decimal ? "input right" : "input"} inputMode={decimal ? "decimal" : undefined} value={form[name]} onChange={(event) => set(name, event.target.value)} data-testid={`programme-${name}`} />
  );
  return (
    <Modal
      open
      width={720}
      title={t(programme ? "edit" : "newProgramme")}
      okText={t("save")}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: body === null, loading: save.isPending, "data-testid": "programme-save" }}
      onOk={() => save.mutate()}
      onCancel={onClose}
    >
      <div className="stack">
        <div className="programme-fields">
          <Field label={t("name")}>{text("name", false)}</Field>
          <Field label={t("core")}>
            {(id) => (
              <select id={id} className="select" value={form.core} onChange={(event) => set("core", event.target.value)} data-testid="programme-core">
                <option value="">—</option>
                {cores.rows.map((row) => (
                  <option key={row.id} value={row.id}>
                    {row.name}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={t("limit")}>{text("limit")}</Field>
          <Field label={t("supplierLimit")}>{text("supplierLimit")}</Field>
          <Field label={t("ratePercent")}>{text("annual")}</Field>
          <Field label={t("feePercent")}>{text("fee")}</Field>
          <Field label={t("dayCount")}>
            {(id) => (
              <select id={id} className="select" value={form.dayCount} onChange={(event) => set("dayCount", DAY_COUNTS.find((each) => each === event.target.value) ?? "ACT/360")}>
                {DAY_COUNTS.map((each) => (
                  <option key={each}>{each}</option>
                ))}
              </select>
            )}
          </Field>
          <Field label={t("method")}>
            {(id) => (
              <select id={id} className="select" value={form.method} onChange={(event) => set("method", METHODS.find((each) => each === event.target.value) ?? "pledge")}>
                {METHODS.map((each) => (
                  <option key={each} value={each}>
                    {code("financingMethod", each)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={t("maxTenor")}>{text("tenor")}</Field>
          <Field label={t("graceDays")}>{text("grace")}</Field>
          <Field label={t("minRung")}>
            {(id) => (
              <select id={id} className="select" value={form.minRung} onChange={(event) => set("minRung", Number(event.target.value))}>
                {RUNGS.map((rung) => (
                  <option key={rung} value={rung}>
                    {code("rung", String(rung))}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <label className="check">
            <input type="checkbox" checked={form.recourse} onChange={(event) => set("recourse", event.target.checked)} />
            <span>{t("recourse")}</span>
          </label>
        </div>
        <fieldset className="plain-fieldset">
          <legend className="label">{t("advanceRates")}</legend>
          <div className="programme-fields">
            {RUNGS.filter((rung) => rung >= form.minRung).map((rung) => (
              <Field key={rung} label={code("rung", String(rung))}>
                {(id) => <input id={id} className="input right" inputMode="decimal" value={form.rates[rung] ?? ""} onChange={(event) => set("rates", { ...form.rates, [rung]: event.target.value })} />}
              </Field>
            ))}
          </div>
        </fieldset>
        {body === null && <p className="meta">{t("invalid")}</p>}
        <InlineFailure error={save.error} />
      </div>
    </Modal>
  );
}

function Field({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}
