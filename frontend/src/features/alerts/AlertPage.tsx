import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useId, useState, type ReactNode } from "react";
import { Link, useNavigate, useParams } from "react-router";

import { api, data } from "../../api/client";
import { useList, useResource } from "../../api/queries";
import type { Alert } from "../../api/types";
import { formatExact } from "../../shared/format/decimal";
import { formatLong } from "../../shared/format/time";
import { useFilters } from "../../shared/hooks/useFilters";
import { useHotkeys } from "../../shared/hooks/useHotkeys";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { Facts, type Fact } from "../../shared/ui/Facts";
import { Money, Time } from "../../shared/ui/figures";
import { Page, Section } from "../../shared/ui/Page";
import { InlineFailure, Loaded } from "../../shared/ui/states";
import { SeverityTag } from "../../shared/ui/status";
import { StatusTag } from "../../shared/ui/StatusTag";
import { ALERT_DEFAULTS, ALERT_FILTERS } from "./filters";
import { messages } from "./messages";
import { RULE_WORDS } from "./ruleWords";

export default function AlertPage() {
  const t = useText(messages);
  const code = useCodes();
  const { id = "" } = useParams();
  const query = useResource("/api/v1/alerts/{id}", { id });
  const alert = query.data;
  return (
    <Page
      title={alert ? code("rule", alert.rule) : t("title")}
      back={<Neighbours id={id} />}
      lead={
        alert && (
          <span className="tags">
            <SeverityTag severity={alert.severity} />
            <StatusTag tone={alert.state === "closed" ? "done" : alert.state === "open" ? "attention" : "running"}>{code("alertState", alert.state)}</StatusTag>
          </span>
        )
      }
      action={alert && <Actions alert={alert} />}
    >
      <Loaded query={query} hasData={alert !== undefined}>
        {alert && <Body alert={alert} />}
      </Loaded>
    </Page>
  );
}

function Body({ alert }: { alert: Alert }) {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const words = RULE_WORDS[alert.rule];
  const numbers = Object.entries(alert.detail)
    .sort(([a], [b]) => rank(a) - rank(b))
    .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value) && value !== "")
    .map(([key, value]): Fact => [code("alertDetail", key), <Shown key={key} name={key} value={value as string | number | boolean} />]);
  return (
    <div className="halves">
      <Section title={t("factsTitle")}>
        <div className="stack">
          <p data-testid="rule-words">{words ? words[language === "zh" ? 0 : 1] : code("rule", alert.rule)}</p>
          <Facts
            facts={[
              [t("parties"), alert.parties.map((party) => party.name).join(" · ")],
              [t("subject"), `${code("subjectKind", alert.subject.kind)} ${alert.subject.label}`],
              [t("raised"), formatLong(alert.raised_at, language)],
              [t("amount"), alert.amount && <Money value={alert.amount} currency={alert.currency} wan />],
              [t("note"), alert.note],
            ]}
          />
        </div>
      </Section>
      {numbers.length > 0 && (
        <Section title={t("numbersTitle")}>
          <Facts facts={numbers} />
        </Section>
      )}
    </div>
  );
}

/** Expected before found, before before after; what is unknown comes last. */
const ORDER = ["reason", "kind", "number", "others", "document", "line", "expected", "found", "before", "after"];

function rank(name: string): number {
  const at = ORDER.indexOf(name);
  return at < 0 ? ORDER.length : at;
}

function Shown({ name, value }: { name: string; value: string | number | boolean }): ReactNode {
  const t = useText(messages);
  const code = useCodes();
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (name === "reason") return code("likeness", String(value));
  if (name === "kind") return code("documentKind", String(value));
  if (name.endsWith("_at")) return <Time value={String(value)} seconds />;
  return <span className="num">{/^-?\d+\.\d+$/.test(String(value)) ? formatExact(String(value), 2) : String(value)}</span>;
}

function Actions({ alert }: { alert: Alert }) {
  const t = useText(messages);
  const id = useId();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [closing, setClosing] = useState(false);
  const [note, setNote] = useState("");
  const may = (action: string) => alert.allowed_actions.includes(action);
  const act = useMutation({
    mutationFn: ({ action, note: said }: { action: "acknowledge" | "close"; note: string }) => {
      const params = { path: { id: alert.id } };
      return action === "close"
        ? data(api.POST("/api/v1/alerts/{id}/close", { params, body: { note: said } }))
        : data(api.POST("/api/v1/alerts/{id}/acknowledge", { params }));
    },
    onSuccess: async (_, { action }) => {
      setClosing(false);
      void message.success(action === "close" ? t("closedDone") : t("acknowledgedDone"));
      await client.invalidateQueries();
    },
  });
  return (
    <div className="actions">
      {!closing && <InlineFailure error={act.error} />}
      {may("acknowledge") && (
        <Button type="primary" loading={act.isPending} onClick={() => act.mutate({ action: "acknowledge", note: "" })} data-testid="acknowledge-button">
          {t("acknowledge")}
        </Button>
      )}
      {may("close") && (
        <Button onClick={() => setClosing(true)} data-testid="close-button">
          {t("close")}
        </Button>
      )}
      {closing && (
        <Modal open title={t("closeTitle")} onCancel={() => setClosing(false)} footer={null}>
          <form
            className="stack"
            onSubmit={(event) => {
              event.preventDefault();
              if (note.trim()) act.mutate({ action: "close", note: note.trim() });
            }}
          >
            <p className="muted">{t("closeText")}</p>
            <div className="field">
              <label htmlFor={id}>{t("note")}</label>
              <textarea id={id} className="textarea" value={note} maxLength={1000} placeholder={t("noteHint")} onChange={(event) => setNote(event.target.value)} required data-testid="close-note" />
            </div>
            <InlineFailure error={act.error} />
            <div className="actions end">
              <Button onClick={() => setClosing(false)}>{t("cancel")}</Button>
              <Button type="primary" htmlType="submit" disabled={!note.trim()} loading={act.isPending} data-testid="close-submit">
                {t("closeSubmit")}
              </Button>
            </div>
          </form>
        </Modal>
      )}
    </div>
  );
}

function Neighbours({ id }: { id: string }) {
  const t = useText(messages);
  const navigate = useNavigate();
  const { filters, search } = useFilters(ALERT_FILTERS, ALERT_DEFAULTS);
  const list = useList("/api/v1/alerts", filters);
  const at = list.rows.findIndex((row) => row.id === id);
  const previous = at > 0 ? list.rows[at - 1] : undefined;
  const next = list.rows[at + 1];
  const go = (row: Alert | undefined) => {
    if (row && row.id !== id) void navigate(`/alerts/${row.id}${search}`);
  };
  useHotkeys({ j: () => go(next), k: () => go(previous) });
  return (
    <>
      <Link to={`/alerts${search}`}>← {t("back")}</Link>
      <span className="actions">
        {previous && (
          <Link to={`/alerts/${previous.id}${search}`} rel="prev">
            ↑ {t("previous")} <kbd>k</kbd>
          </Link>
        )}
        {next && (
          <Link to={`/alerts/${next.id}${search}`} rel="next">
            ↓ {t("next")} <kbd>j</kbd>
          </Link>
        )}
      </span>
    </>
  );
}
