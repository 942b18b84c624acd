import { Button } from "antd";
import { useId, useState } from "react";
import { Link } from "react-router";

import { api, data } from "../../api/client";
import { useResource } from "../../api/queries";
import type { Desk, DeskChange } from "../../api/types";
import { formatDate } from "../../shared/format/time";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { Facts } from "../../shared/ui/Facts";
import { Money } from "../../shared/ui/figures";
import { Page, Section } from "../../shared/ui/Page";
import { InlineFailure, Loaded } from "../../shared/ui/states";
import "./confirmations.css";
import { KeyDialog } from "./KeyDialog";
import { LimitsDialog } from "./LimitsDialog";
import { RuleDialog } from "./RuleDialog";
import { settingsMessages } from "./settingsMessages";
import { useAct } from "./useAct";

/** Limits, keys, automatic confirmation and delegation of the organisation. */
export default function DeskPage() {
  const t = useText(settingsMessages);
  const query = useResource("/api/v1/confirmations/desk");
  const desk = query.data;
  return (
    <Page title={t("deskTitle")} lead={t("deskLead")} back={<Link to="/confirmations">← {t("back")}</Link>}>
      <Loaded query={query} hasData={desk !== undefined} rows={10}>
        {desk && (
          <div className="stack">
            {desk.changes.length > 0 && <Changes desk={desk} />}
            <Delegations desk={desk} />
            <Limits desk={desk} />
            <Keys desk={desk} />
            <Rules desk={desk} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Changes({ desk }: { desk: Desk }) {
  const t = useText(settingsMessages);
  const code = useCodes();
  const act = useAct((change: { id: string; approve: boolean }) => {
    const params = { path: { id: change.id } };
    return change.approve ? data(api.POST("/api/v1/confirmations/desk/changes/{id}/approve", { params })) : data(api.POST("/api/v1/confirmations/desk/changes/{id}/withdraw", { params }));
  });
  return (
    <Section title={t("changesTitle")}>
      <ul className="bulk-list">
        {desk.changes.map((row) => (
          <li key={row.id} data-testid="settings-change">
            <div className="spread">
              <strong>{code("settingsChange", row.kind)}</strong>
              <span className="actions">
                {row.allowed_actions.includes("approve") && (
                  <Button type="primary" onClick={() => act.mutate({ id: row.id, approve: true })} data-testid="change-approve">
                    {t("approve")}
                  </Button>
                )}
                {row.allowed_actions.includes("withdraw") && <Button onClick={() => act.mutate({ id: row.id, approve: false })}>{t("drop")}</Button>}
              </span>
            </div>
            <p className="meta">{t("requestedBy", { name: row.requested_by })}</p>
            <Payload change={row} desk={desk} />
          </li>
        ))}
      </ul>
      <InlineFailure error={act.error} />
    </Section>
  );
}

/** What a change would set, in words. */
function Payload({ change, desk }: { change: DeskChange; desk: Desk }) {
  const t = useText(settingsMessages);
  const code = useCodes();
  const asked = change.payload as Readonly<Record<string, string | string[] | null | undefined>>;
  const text = (key: string) => (typeof asked[key] === "string" ? asked[key] : "");
  const list = (key: string) => (Array.isArray(asked[key]) ? asked[key] : []);
  const nameOf = (rows: readonly { id: string; name: string }[], id: string) => rows.find((row) => row.id === id)?.name ?? id;
  const amount = (key: string) => (key in asked ? text(key) ? <Money key={key} value={text(key)} currency={text("currency")} /> : t("none") : null);
  return (
    <Facts
      facts={[
        [t("supplier"), text("seller") && nameOf(desk.suppliers, text("seller"))],
        [t("kinds"), list("kinds").map((kind) => code("documentKind", kind)).join(", ")],
        [t("one"), amount("one_person_up_to")],
        [t("two"), amount("two_people_up_to")],
        [t("typed"), amount("typed_above")],
        [t("executives"), list("executives").map((id) => nameOf(desk.colleagues, id)).join(", ")],
        [t("each"), amount("amount_up_to")],
        [t("day"), amount("daily_up_to")],
        [t("keyTitle"), text("public_key") && <CopyText key="key" value={text("public_key")} head={32} label={t("keyTitle")} />],
      ]}
    />
  );
}

function Delegations({ desk }: { desk: Desk }) {
  const t = useText(settingsMessages);
  const id = useId();
  const [to, setTo] = useState("");
  const [until, setUntil] = useState("");
  const give = useAct(() => data(api.POST("/api/v1/confirmations/desk/delegations", { body: { delegate: to, until } })));
  const revoke = useAct((delegation: string) => data(api.POST("/api/v1/confirmations/desk/delegations/{id}/revoke", { params: { path: { id: delegation } } })));
  return (
    <Section title={t("delegationsTitle")} note={t("delegationsText")}>
      <ul className="bulk-list">
        {desk.delegations.map((row) => (
          <li key={row.id} className="spread" data-testid="delegation">
            <span>{row.given_by_you ? t("given", { name: row.delegate.name, until: formatDate(row.until) }) : t("held", { name: row.principal.name, until: formatDate(row.until) })}</span>
            <Button onClick={() => revoke.mutate(row.id)}>{t("revoke")}</Button>
          </li>
        ))}
      </ul>
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          if (to && until) give.mutate();
        }}
      >
        <div className="field-inline">
          <label htmlFor={`${id}to`}>{t("to")}</label>
          <select id={`${id}to`} className="select" value={to} onChange={(event) => setTo(event.target.value)} data-testid="delegate-to">
            <option value="">—</option>
            {desk.colleagues.map((row) => (
              <option key={row.id} value={row.id}>
                {row.name}
              </option>
            ))}
          </select>
        </div>
        <div className="field-inline">
          <label htmlFor={`${id}until`}>{t("until")}</label>
          <input id={`${id}until`} type="date" className="input" value={until} onChange={(event) => setUntil(event.target.value)} data-testid="delegate-until" />
        </div>
        <Button htmlType="submit" disabled={!to || !until} loading={give.isPending} data-testid="delegate">
          {t("give")}
        </Button>
      </form>
      <InlineFailure error={give.error ?? revoke.error} />
    </Section>
  );
}

function Limits({ desk }: { desk: Desk }) {
  const t = useText(settingsMessages);
  const [open, setOpen] = useState(false);
  const { policy } = desk;
  const limit = (value: string | null) => (value === null ? t("none") : <Money value={value} currency={policy?.currency} wan />);
  return (
    <Section
      title={t("limitsTitle")}
      action={
        <Button onClick={() => setOpen(true)} data-testid="limits-change">
          {t("change")}
        </Button>
      }
    >
      {policy ? (
        <Facts
          facts={[
            [t("one"), limit(policy.one_person_up_to)],
            [t("two"), limit(policy.two_people_up_to)],
            [t("typed"), limit(policy.typed_above)],
            [t("executives"), policy.executives.map((row) => row.name).join(", ")],
          ]}
        />
      ) : (
        <p className="muted">{t("limitsNone")}</p>
      )}
      {open && <LimitsDialog desk={desk} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function Keys({ desk }: { desk: Desk }) {
  const t = useText(settingsMessages);
  const [open, setOpen] = useState(false);
  const back = useAct(() => data(api.POST("/api/v1/confirmations/desk/custodial-key")), t("requested"));
  return (
    <Section
      title={t("keyTitle")}
      action={
        <span className="actions">
          {desk.own_key && (
            <Button onClick={() => back.mutate()} loading={back.isPending}>
              {t("backToCustody")}
            </Button>
          )}
          <Button onClick={() => setOpen(true)} data-testid="make-key">
            {t("makeKey")}
          </Button>
        </span>
      }
    >
      <p>{t(desk.own_key ? "own" : "custodial")}</p>
      {desk.own_key && <CopyText value={desk.own_key.public_key} head={32} label={t("keyTitle")} />}
      <InlineFailure error={back.error} />
      {open && <KeyDialog onClose={() => setOpen(false)} />}
    </Section>
  );
}

function Rules({ desk }: { desk: Desk }) {
  const t = useText(settingsMessages);
  const code = useCodes();
  const [open, setOpen] = useState(false);
  const stop = useAct((rule: string) => data(api.POST("/api/v1/confirmations/desk/rules/{id}/stop", { params: { path: { id: rule } } })));
  return (
    <Section
      title={t("rulesTitle")}
      note={t("rulesText")}
      action={
        <Button onClick={() => setOpen(true)} disabled={desk.suppliers.length === 0} data-testid="rule-add">
          {t("addRule")}
        </Button>
      }
    >
      {desk.rules.length === 0 && <p className="muted">{t("rulesNone")}</p>}
      <ul className="bulk-list">
        {desk.rules.map((row) => (
          <li key={row.id} data-testid="automatic-rule">
            <div className="spread">
              <strong>{row.seller.name}</strong>
              <Button onClick={() => stop.mutate(row.id)}>{t("stop")}</Button>
            </div>
            <Facts
              facts={[
                [t("kinds"), row.kinds.map((kind) => code("documentKind", kind)).join(", ")],
                [t("each"), <Money key="each" value={row.amount_up_to} currency={row.currency} />],
                [t("day"), <Money key="day" value={row.daily_up_to} currency={row.currency} />],
              ]}
            />
            <p className="meta">{t("setBy", { names: row.set_by })}</p>
          </li>
        ))}
      </ul>
      <InlineFailure error={stop.error} />
      {open && <RuleDialog desk={desk} onClose={() => setOpen(false)} />}
    </Section>
  );
}
