import { useId, type ReactNode } from "react";

import { useSession } from "../../../api/queries";
import type { DocumentDetail } from "../../../api/types";
import { inCapitals } from "../../../shared/format/capital";
import { formatMoney } from "../../../shared/format/money";
import { useCodes, useLanguage, useText } from "../../../shared/i18n/LanguageProvider";
import { TRADE_KINDS } from "../../../shared/trade/kinds";
import { totalWords } from "../../../shared/trade/totalWords";
import { Section } from "../../../shared/ui/Page";
import { fieldWords } from "../fieldWords";
import { FieldFindings, noteId } from "./FieldFindings";
import { PARTY, TOTALS, type Draft, type TextKey, type TotalKey } from "./draft";
import type { Finding } from "./findings";
import { LinesEditor } from "./LinesEditor";
import { messages } from "./messages";
import { isSame, totalsByParts } from "./sums";

const HEAD: readonly TextKey[] = ["number", "issue_date", "currency"];
const REFERENCES: readonly TextKey[] = ["order_number", "despatch_numbers", "receipt_numbers", "invoice_numbers", "contract_number"];
const TERMS: readonly TextKey[] = ["due_date", "payee_account", "payment_terms", "delivery_date"];
const LISTS: readonly TextKey[] = ["despatch_numbers", "receipt_numbers", "invoice_numbers"];

export type Put = (path: string, value: string) => void;

interface Props {
  row: DocumentDetail;
  draft: Draft;
  findings: readonly Finding[];
  put: Put;
  setDraft: (draft: Draft) => void;
}

/** Every field that a person may write, each with what was found about it. */
export function Editor({ row, draft, findings, put, setDraft }: Props) {
  const t = useText(messages);
  const label = useText(fieldWords);
  const code = useCodes();
  const own = useSession().data?.organisation?.name;
  const about = (path: string) => findings.filter((finding) => finding.path === path);
  const text = (key: TextKey) => {
    const date = key.endsWith("_date");
    const hint = LISTS.includes(key) ? t("listHint") : date ? t("dateHint") : undefined;
    return (
      <Field key={key} path={key} label={label(key)} findings={about(key)} hint={hint}>
        {(props) => <input {...props} className="input" value={draft.texts[key]} onChange={(event) => put(key, event.target.value)} inputMode={date ? "numeric" : undefined} maxLength={key === "payment_terms" ? 10_000 : 2_000} />}
      </Field>
    );
  };
  const party = (who: "seller" | "buyer") => (
    <fieldset className="plain-fieldset desk-party">
      <legend>
        {t(who)}{" "}
        {who === "seller" && own && !draft.seller.name && (
          <button type="button" className="link-button" onClick={() => put("seller.name", own)} data-testid="seller-is-us">
            {t("sellerIsUs")}
          </button>
        )}
      </legend>
      {PARTY.map((key) => (
        <Field key={key} path={`${who}.${key}`} label={key === "name" ? t("name") : t("companyId")} findings={about(`${who}.${key}`)}>
          {(props) => <input {...props} className={key === "name" ? "input" : "input mono"} value={draft[who][key] ?? ""} onChange={(event) => put(`${who}.${key}`, event.target.value)} maxLength={500} />}
        </Field>
      ))}
    </fieldset>
  );

  return (
    <>
      <Section title={t("fields")} testId="desk-fields">
        <div className="desk-grid">
          <Field path="kind" label={t("kind")} findings={about("kind")}>
            {(props) => (
              <select {...props} className="select" value={draft.kind} onChange={(event) => put("kind", event.target.value)}>
                <option value="">{t("chooseKind")}</option>
                {TRADE_KINDS.map((kind) => (
                  <option key={kind} value={kind}>
                    {code("documentKind", kind)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          {HEAD.map(text)}
        </div>
        <div className="desk-parties">
          {party("seller")}
          {party("buyer")}
        </div>
        <details className="desk-more" open={REFERENCES.some((key) => draft.texts[key] !== "" || about(key).length > 0)}>
          <summary>{t("references")}</summary>
          <div className="desk-grid">{REFERENCES.map(text)}</div>
        </details>
      </Section>
      <LinesEditor draft={draft} findings={findings} put={put} setDraft={setDraft} />
      <Section title={t("terms")}>
        <Totals row={row} draft={draft} about={about} put={put} />
        <div className="desk-grid desk-terms">{TERMS.map(text)}</div>
      </Section>
    </>
  );
}

interface ControlProps {
  id: string;
  "data-path": string;
  "aria-invalid"?: boolean;
  "aria-describedby"?: string;
  autoComplete: "off";
}

interface FieldProps {
  path: string;
  label: string;
  findings: readonly Finding[];
  hint?: string;
  below?: ReactNode;
  children: (props: ControlProps) => ReactNode;
}

function Field({ path, label, findings, hint, below, children }: FieldProps) {
  const id = useId();
  const described = findings.length > 0 ? { "aria-invalid": findings.some((each) => each.level !== "notice"), "aria-describedby": noteId(path) } : {};
  return (
    <div className="field desk-field">
      <label htmlFor={id}>
        {label} {hint && <span className="meta">{hint}</span>}
      </label>
      {children({ id, "data-path": path, autoComplete: "off", ...described })}
      {below}
      <FieldFindings path={path} findings={findings} />
    </div>
  );
}

function Totals({ row, draft, about, put }: { row: DocumentDetail; draft: Draft; about: (path: string) => Finding[]; put: Put }) {
  const t = useText(messages);
  const total = useText(totalWords);
  const { language } = useLanguage();
  const currency = draft.texts.currency || row.currency;
  const lines = draft.lines.map(({ stated }) => ({ amount: stated.amount ?? "", tax: stated.tax ?? "" }));
  const parts = totalsByParts({ lines, totals: draft.totals });
  const below = (key: TotalKey) => {
    const value = draft.totals[key] ?? "";
    const figure = parts[key];
    const capitals = key === "payable" || key === "tax_inclusive" ? inCapitals(value, currency) : null;
    return (
      <>
        {capitals && <span className="meta">{t("capital", { words: capitals })}</span>}
        {figure !== undefined && !isSame(figure, value) && (
          <span className="meta desk-help">
            {t("byParts", { figure: formatMoney(figure, currency, language) })}{" "}
            <button type="button" className="link-button" onClick={() => put(`totals.${key}`, figure)} aria-label={t("adoptFor", { field: total(key), figure })}>
              {t("adopt")}
            </button>
          </span>
        )}
      </>
    );
  };
  return (
    <div className="desk-grid">
      {TOTALS.map((key) => (
        <Field key={key} path={`totals.${key}`} label={total(key)} findings={about(`totals.${key}`)} below={below(key)}>
          {(props) => <input {...props} className="input figure" inputMode="decimal" value={draft.totals[key] ?? ""} onChange={(event) => put(`totals.${key}`, event.target.value)} maxLength={40} />}
        </Field>
      ))}
    </div>
  );
}
