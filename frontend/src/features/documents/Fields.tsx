import type { ReactNode } from "react";

import type { DocumentDetail } from "../../api/types";
import { formatSize } from "../../shared/format/size";
import { useText } from "../../shared/i18n/LanguageProvider";
import { totalWords } from "../../shared/trade/totalWords";
import { Facts, type Fact } from "../../shared/ui/Facts";
import { Day, Money } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { fieldWords } from "./fieldWords";
import { messages } from "./messages";

/** The extracted header fields. Values come in the shapes of the extraction: text, lists, parties, totals. */
export function Fields({ row }: { row: DocumentDetail }) {
  const t = useText(messages);
  const label = useText(fieldWords);
  const total = useText(totalWords);
  const note = { attachment: t("fieldsAttachment"), pending: t("fieldsPending"), refused: t(row.number ? "fieldsBroken" : "fieldsRefused"), extracted: null }[row.extraction];

  const facts: Fact[] = [];
  for (const key of Object.keys(fieldWords) as (keyof typeof fieldWords)[]) {
    const shown = show(row.fields[key]);
    if (shown !== null) facts.push([label(key), /_date$/.test(key) && typeof row.fields[key] === "string" ? <Day value={row.fields[key]} /> : shown]);
  }
  const totals = isObject(row.fields.totals) ? row.fields.totals : {};
  const amounts = (Object.keys(totalWords) as (keyof typeof totalWords)[])
    .filter((key) => typeof totals[key] === "string")
    .map((key): Fact => [total(key), <Money key={key} value={totals[key] as string} currency={row.currency} />]);

  return (
    <Section title={t("fieldsTitle")} testId="fields">
      {note && <p className="muted">{note}</p>}
      <Facts facts={facts} />
      {amounts.length > 0 && (
        <div className="totals">
          <Facts facts={amounts} />
        </div>
      )}
      {row.extraction !== "extracted" && <Facts facts={[[t("size"), formatSize(row.size)], [t("owner"), row.owner.name]]} />}
    </Section>
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): ReactNode {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "boolean") return value ? "✓" : "✗";
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (Array.isArray(value)) {
    const parts = value.map(show).filter((part) => part !== null);
    return parts.length ? parts.map((part, position) => <div key={position}>{part}</div>) : null;
  }
  if (isObject(value)) return <PartyView party={value} />;
  return null;
}

/** A party: its name, and the identifiers that tell it apart. */
function PartyView({ party }: { party: Record<string, unknown> }) {
  const ids = [...new Set(["company_id", "endpoint_id", "party_id"].map((key) => party[key]).filter((id) => typeof id === "string" && id))] as string[];
  return (
    <span className="two-lines">
      <span>{String(party.name ?? ids[0] ?? "")}</span>
      {ids.length > 0 && <span className="meta mono">{ids.join(" · ")}</span>}
    </span>
  );
}
