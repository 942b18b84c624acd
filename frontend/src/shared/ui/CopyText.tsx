import CheckOutlined from "@ant-design/icons/CheckOutlined";
import CopyOutlined from "@ant-design/icons/CopyOutlined";
import { useEffect, useState } from "react";

import { useText } from "../i18n/LanguageProvider";
import { words } from "./words";

async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea"); // a page without TLS has no clipboard
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** A button that copies a text; `label` names the text. */
export function CopyButton({ value, label }: { value: string; label?: string }) {
  const t = useText(words);
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);

  const name = t("copyWhat", { what: label ?? t("copyValue") });
  return (
    <>
      <button type="button" className="icon-button" aria-label={name} title={name} onClick={() => void copy(value).then(() => setCopied(true))}>
        {copied ? <CheckOutlined aria-hidden /> : <CopyOutlined aria-hidden />}
      </button>
      <span role="status" className="sr-only">
        {copied ? t("copied") : ""}
      </span>
    </>
  );
}

/** A long id in monospace with a copy button; `head` shows only its first characters. */
export function CopyText({ value, label, head, testId }: { value: string; label?: string; head?: number; testId?: string }) {
  return (
    <span className="copy">
      <code data-testid={testId} title={value}>
        {head && value.length > head ? `${value.slice(0, head)}…` : value}
      </code>
      <CopyButton value={value} label={label} />
    </span>
  );
}
