import type { DemoAccount } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { messages } from "./messages";

interface Props {
  accounts: readonly DemoAccount[];
  busy: boolean;
  onEnter: (username: string) => void;
}

export function DemoAccounts({ accounts, busy, onEnter }: Props) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <section className="card">
      <h2>{t("demoTitle")}</h2>
      <p className="meta">{t("demoText")}</p>
      <ul className="demo-accounts">
        {accounts.map((account) => (
          <li key={account.username}>
            <button type="button" disabled={busy} onClick={() => onEnter(account.username)} data-testid={`demo-account-${account.username}`}>
              <strong>{code("role", account.role || "none")}</strong>
              <span>{[account.organisation, account.username].filter(Boolean).join(" · ")}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
