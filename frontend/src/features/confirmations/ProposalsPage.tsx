import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { useId, useState } from "react";
import { Link } from "react-router";

import { api, data } from "../../api/client";
import { useList } from "../../api/queries";
import type { Proposal } from "../../api/types";
import { useFilters } from "../../shared/hooks/useFilters";
import { isKeyProblem } from "../../shared/crypto/useOwnKey";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Money, Time } from "../../shared/ui/figures";
import { ListFooter } from "../../shared/ui/ListFooter";
import { Page, Section } from "../../shared/ui/Page";
import { Segments } from "../../shared/ui/Segments";
import { Empty, InlineFailure, Loaded } from "../../shared/ui/states";
import { StatusTag, type Tone } from "../../shared/ui/StatusTag";
import "./confirmations.css";
import { settingsMessages } from "./settingsMessages";
import { useAuthority } from "./useAuthority";

const TONES: Record<Proposal["state"], Tone> = { proposed: "attention", checked: "running", signed: "done", declined: "refused", withdrawn: "idle" };
const OPEN = new Set<Proposal["state"]>(["proposed", "checked"]);
const ACTIONS = ["check", "approve", "decline", "withdraw"] as const;
type Action = (typeof ACTIONS)[number];

/** What waits for a checker or an executive, and what became of it. */
export default function ProposalsPage() {
  const t = useText(settingsMessages);
  const { filters, set } = useFilters(["view"] as const, { view: "open" });
  const list = useList("/api/v1/confirmations/proposals");
  const rows = filters.view === "open" ? list.rows.filter((row) => OPEN.has(row.state)) : list.rows;
  return (
    <Page title={t("proposalsTitle")} lead={t("proposalsLead")} back={<Link to="/confirmations">← {t("back")}</Link>}>
      <Segments
        label={t("view")}
        value={filters.view}
        onChange={(value) => set("view", value)}
        options={[
          ["open", t("waiting")],
          ["all", t("all")],
        ]}
      />
      <Loaded query={list} hasData={list.data !== undefined} rows={6}>
        {rows.length > 0 ? (
          <>
            {rows.map((row) => (
              <Card key={row.id} row={row} />
            ))}
            <ListFooter list={list} count={rows.length} />
          </>
        ) : (
          <section className="card">
            <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>
          </section>
        )}
      </Loaded>
    </Page>
  );
}

function Card({ row }: { row: Proposal }) {
  const t = useText(settingsMessages);
  const code = useCodes();
  const [action, setAction] = useState<Action | null>(null);
  return (
    <Section
      title={
        <span className="tags">
          <Money value={row.amount} currency={row.currency} wan />
          <StatusTag tone={TONES[row.state]}>{code("proposalState", row.state)}</StatusTag>
        </span>
      }
      note={[t("madeBy", { maker: row.maker }), t("peopleNeeded", { people: row.people }), row.checker && t("checkedBy", { checker: row.checker }), row.ended_by && t("endedBy", { name: row.ended_by })].filter(Boolean).join(" · ")}
      action={<Time value={row.ended_at ?? row.made_at} />}
      testId="proposal"
    >
      <ul className="bulk-list">
        {row.documents.map((each) => (
          <li key={each.id} className="spread">
            <span>
              <Link to={`/confirmations/${each.id}`}>
                {code("documentKind", each.kind)} {each.number}
              </Link>{" "}
              <span className="muted">{each.supplier.name}</span> {each.in_part && <span className="muted">({t("inPart")})</span>}
            </span>
            <Money value={each.amount} currency={each.currency} />
          </li>
        ))}
      </ul>
      {row.note && <p className="muted">{row.note}</p>}
      {row.allowed_actions.length > 0 && (
        <div className="actions">
          {ACTIONS.filter((each) => row.allowed_actions.includes(each)).map((each) => (
            <Button key={each} type={each === "check" || each === "approve" ? "primary" : "default"} onClick={() => setAction(each)} data-testid={`proposal-${each}`}>
              {code("proposalAction", each)}
            </Button>
          ))}
        </div>
      )}
      {action && <ActDialog row={row} action={action} onClose={() => setAction(null)} />}
    </Section>
  );
}

function ActDialog({ row, action, onClose }: { row: Proposal; action: Action; onClose: () => void }) {
  const t = useText(settingsMessages);
  const code = useCodes();
  const id = useId();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [note, setNote] = useState("");
  const agrees = action === "check" || action === "approve";
  const signs = action === "approve" || (action === "check" && row.people === 2);
  const authority = useAuthority({ typed: signs && row.typed_amount ? row.currency : null, signs });
  const act = useMutation({
    mutationFn: async () => {
      const params = { path: { id: row.id } };
      const body = authority.body;
      if (!agrees) {
        const end = { note: note.trim(), on_behalf_of: body.on_behalf_of };
        return action === "decline" ? data(api.POST("/api/v1/confirmations/proposals/{id}/decline", { params, body: end })) : data(api.POST("/api/v1/confirmations/proposals/{id}/withdraw", { params, body: end }));
      }
      const own = signs ? await authority.own(() => data(api.POST("/api/v1/confirmations/proposals/{id}/to-sign", { params, body: { on_behalf_of: body.on_behalf_of } }))) : undefined;
      return action === "check" ? data(api.POST("/api/v1/confirmations/proposals/{id}/check", { params, body: { ...body, own } })) : data(api.POST("/api/v1/confirmations/proposals/{id}/approve", { params, body: { ...body, own } }));
    },
    onSuccess: async () => {
      void message.success(t("done"));
      onClose();
      await client.invalidateQueries();
    },
  });
  return (
    <Modal open title={code("proposalAction", action)} onCancel={onClose} footer={null}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate();
        }}
      >
        {agrees && <p className="muted">{t("checkText")}</p>}
        {authority.fields}
        {!agrees && (
          <div className="field">
            <label htmlFor={id}>{t("note")}</label>
            <textarea id={id} className="textarea" value={note} onChange={(event) => setNote(event.target.value)} maxLength={1000} />
          </div>
        )}
        {!isKeyProblem(act.error) && <InlineFailure error={act.error} />}
        <div className="actions end">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="primary" danger={!agrees} htmlType="submit" disabled={!authority.ready} loading={act.isPending} data-testid="proposal-act">
            {code("proposalAction", action)}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
