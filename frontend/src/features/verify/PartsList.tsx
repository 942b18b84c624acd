import type { ReactNode } from "react";

import { formatSize } from "../../shared/format/size";
import { useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { ToneIcon, type Tone } from "../../shared/ui/StatusTag";
import { messages } from "./messages";
import type { Parts, TrustState } from "./useCheck";
import { verdictWords } from "./verdictWords";

interface Props {
  parts: Parts;
  trust: TrustState;
  onResetTrust: () => void;
}

/** What is here and what is still missing. */
export function PartsList({ parts, trust, onResetTrust }: Props) {
  const t = useText(messages);
  const { file, bundle } = parts;
  return (
    <ul className="parts">
      <Part label={t("file")} tone={file?.digest ? "done" : file ? "running" : "idle"}>
        {!file && t("needFile")}
        {file && !file.digest && (
          <>
            <span>{file.name}</span> <progress value={file.progress} max={1} aria-label={file.name} />
            <span className="meta">{t("hashing", { percent: Math.round(file.progress * 100) })}</span>
          </>
        )}
        {file?.digest && (
          <>
            <span>
              {file.name} <span className="meta">{formatSize(file.digest.size)}</span>
            </span>
            <span className="meta">
              {t("digest")} <CopyText value={file.digest.sm3} label={t("digest")} testId="verify-digest" />
            </span>
          </>
        )}
      </Part>
      <Part label={t("bundle")} tone={bundle?.unreadable ? "refused" : bundle ? "done" : "idle"}>
        {bundle ? bundle.name : t("needBundle")}
      </Part>
      <Part label={t("trust")} tone={trust.state === "ready" ? "done" : trust.state === "loading" ? "running" : "refused"}>
        <TrustLine trust={trust} />
        {parts.ownTrust && (
          <button type="button" className="link-button" onClick={onResetTrust}>
            {t("trustReset")}
          </button>
        )}
        <span className="meta">{t("trustHint")}</span>
      </Part>
    </ul>
  );
}

function Part({ label, tone, children }: { label: string; tone: Tone; children: ReactNode }) {
  return (
    <li>
      <ToneIcon tone={tone} />
      <strong>{label}</strong>
      <div className="part-body">{children}</div>
    </li>
  );
}

function TrustLine({ trust }: { trust: TrustState }) {
  const t = useText(messages);
  const say = useText(verdictWords);
  if (trust.state === "loading") return <span>{t("trustLoading")}</span>;
  if (trust.state === "missing") return <span role="alert">{t("trustMissing")}</span>;
  if (trust.state === "wrong") return <span role="alert">{t("trustWrong", { reason: say(trust.text, trust.values) })}</span>;
  const origin = trust.trust.origin;
  return <span data-testid="trust-in-use">{trust.own === null ? t("trustPlatform", { origin }) : t("trustOwn", { filename: trust.own, origin })}</span>;
}
