import type { Signature } from "../../api/types";
import { formatExact } from "../../shared/format/decimal";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { StatusTag } from "../../shared/ui/StatusTag";
import { deskMessages } from "./deskMessages";
import { messages } from "./messages";

/** Who signed what, when, with which key, and who holds that key. */
export function Signatures({ signatures }: { signatures: readonly Signature[] }) {
  const t = useText(messages);
  const d = useText(deskMessages);
  const code = useCodes();
  return (
    <Section title={t("signaturesTitle")}>
      <ul className="timeline">
        {signatures.map((row) => (
          <li key={`${row.signature}${row.at}`} data-testid="signature">
            <span className="tags">
              <StatusTag tone={row.decision.startsWith("confirm") ? "done" : "refused"}>{row.lines ? d("confirmPart") : code("decision", row.decision)}</StatusTag>
              <StatusTag tone="idle">{row.custodial ? t("custodial") : t("ownKey")}</StatusTag>
            </span>
            <span className="meta">
              {t("signedBy", { person: row.person, organisation: row.organisation.name })} · <Time value={row.at} seconds />
            </span>
            {row.on_behalf_of && <span className="meta">{d("onBehalfOf", { name: row.on_behalf_of })}</span>}
            {row.manifest && <span className="meta">{d("byManifest")}</span>}
            {row.lines && <p>{d("parts", { lines: row.lines.map((part) => d("partOf", { line: part.line, quantity: formatExact(part.quantity) })).join(", ") })}</p>}
            {row.reason && (
              <p>
                {row.reason_code && <strong>{code("disputeReason", row.reason_code)}: </strong>}
                {row.reason}
              </p>
            )}
            <span className="meta">
              {t("signature")} <CopyText value={row.signature} head={28} label={t("signature")} />
            </span>
            <span className="meta">
              {t("publicKey")} <CopyText value={row.public_key} head={28} label={t("publicKey")} />
            </span>
            <details>
              <summary className="meta">{t("statementSigned")}</summary>
              <pre className="statement">{row.statement}</pre>
            </details>
          </li>
        ))}
      </ul>
    </Section>
  );
}
