import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { api, data } from "../api/client";
import { SESSION_KEY } from "../api/queries";
import { announceSession } from "../api/sessionNews";
import type { DemoAccount } from "../api/types";
import { useCodes, useText } from "../shared/i18n/LanguageProvider";
import { messages } from "./messages";

/** Demo mode only: become another persona without signing in again. */
export function DemoSwitch({ accounts, current }: { accounts: readonly DemoAccount[]; current: string }) {
  const t = useText(messages);
  const code = useCodes();
  const client = useQueryClient();
  const navigate = useNavigate();
  const change = useMutation({
    mutationFn: (username: string) => data(api.POST("/api/v1/demo/switch", { body: { username } })),
    onSuccess: async (session) => {
      await navigate("/");
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] });
      client.setQueryData(SESSION_KEY, session);
      announceSession();
    },
  });
  return (
    <div className="demo-switch">
      <label htmlFor="demo-switch">{t("demoRole")}</label>
      <select
        id="demo-switch"
        className="select"
        value={change.isPending ? change.variables : current}
        disabled={change.isPending}
        onChange={(event) => change.mutate(event.target.value)}
        data-testid="demo-switch"
      >
        {!accounts.some((account) => account.username === current) && <option value={current}>{current}</option>}
        {accounts.map((account) => (
          <option key={account.username} value={account.username}>
            {[code("role", account.role || "none"), account.username, account.organisation].filter(Boolean).join(" · ")}
          </option>
        ))}
      </select>
    </div>
  );
}
