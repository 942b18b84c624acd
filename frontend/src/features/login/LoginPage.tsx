import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState, type FormEvent } from "react";
import { Link, Navigate, useNavigate, useSearchParams } from "react-router";

import { api, data, signIn } from "../../api/client";
import { SESSION_KEY, useSession } from "../../api/queries";
import { announceSession } from "../../api/sessionNews";
import { useText } from "../../shared/i18n/LanguageProvider";
import { usePageTitle } from "../../shared/ui/Page";
import { Failure, InlineFailure } from "../../shared/ui/states";
import { DemoAccounts } from "./DemoAccounts";
import { messages } from "./messages";
import "./login.css";

/** A path of this application, so that a link cannot send a person elsewhere after signing in. */
function safePath(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/";
}

export default function LoginPage() {
  const t = useText(messages);
  const session = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const [missing, setMissing] = useState(false);
  const next = safePath(params.get("next"));
  usePageTitle(t("title"));

  const enter = useMutation({
    mutationFn: async (how: { demo: string } | { username: string; password: string }) => {
      if ("demo" in how) return data(api.POST("/api/v1/demo/switch", { body: { username: how.demo } }));
      await signIn(how.username, how.password);
      return data(api.GET("/api/v1/session"));
    },
    onSuccess: async (entered) => {
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] });
      client.setQueryData(SESSION_KEY, entered);
      announceSession();
      await navigate(next, { replace: true });
    },
  });

  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const username = String(form.get("username") ?? "").trim();
    const password = String(form.get("password") ?? "");
    setMissing(!username || !password);
    if (username && password) enter.mutate({ username, password });
  };

  if (session.data?.authenticated && !enter.isPending) return <Navigate to={next} replace />;
  if (session.isError && !session.data) return <Failure error={session.error} retry={() => void session.refetch()} />;

  const accounts = session.data?.demo ? session.data.demo_accounts : [];
  return (
    <div className="login">
      <section className="login-words">
        <p className="login-tagline">{t("tagline")}</p>
        <ul>
          <li>{t("pointAnchor")}</li>
          <li>{t("pointRights")}</li>
          <li>{t("pointConsent")}</li>
        </ul>
        <p>
          <Link to="/verify">{t("verifyLink")}</Link>
        </p>
      </section>
      <div className="stack">
        <section className="card">
          <h1>{t("title")}</h1>
          <form onSubmit={onSubmit} className="stack login-form" noValidate>
            <div className="field">
              <label htmlFor="username">{t("username")}</label>
              <input id="username" name="username" className="input" autoComplete="username" autoCapitalize="none" spellCheck={false} required data-testid="login-username" />
            </div>
            <div className="field">
              <label htmlFor="password">{t("password")}</label>
              <input id="password" name="password" type="password" className="input" autoComplete="current-password" required data-testid="login-password" />
            </div>
            {missing && (
              <p className="note note-refused" role="alert">
                {t("required")}
              </p>
            )}
            {!missing && <InlineFailure error={enter.error} />}
            <Button type="primary" htmlType="submit" size="large" block loading={enter.isPending} data-testid="login-submit">
              {t("submit")}
            </Button>
          </form>
        </section>
        {accounts.length > 0 && <DemoAccounts accounts={accounts} busy={enter.isPending} onEnter={(username) => enter.mutate({ demo: username })} />}
      </div>
    </div>
  );
}
