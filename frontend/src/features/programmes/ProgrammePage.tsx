import { Button, Modal } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";

import { api, data } from "../../api/client";
import { useResource } from "../../api/queries";
import type { Programme } from "../../api/types";
import { formatShare } from "../../shared/format/decimal";
import { useAct } from "../../shared/hooks/useAct";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { DataTable } from "../../shared/ui/DataTable";
import { Facts } from "../../shared/ui/Facts";
import { Money } from "../../shared/ui/figures";
import { Page, Section } from "../../shared/ui/Page";
import { InlineFailure, Loaded } from "../../shared/ui/states";
import { messages } from "./messages";
import { ProgrammeDialog } from "./ProgrammeDialog";
import { ProgrammeTag } from "./ProgrammesPage";

const ACTIONS = ["propose", "approve", "send_back", "suspend", "resume", "close"] as const;
type Action = (typeof ACTIONS)[number];

function act({ id, terms }: Programme, action: Action): Promise<unknown> {
  const init = { params: { path: { id } } };
  switch (action) {
    case "propose":
      return data(api.POST("/api/v1/financing/programmes/{id}/propose", init));
    case "approve":
      return data(api.POST("/api/v1/financing/programmes/{id}/approve", { ...init, body: { terms } }));
    case "send_back":
      return data(api.POST("/api/v1/financing/programmes/{id}/send-back", init));
    case "suspend":
      return data(api.POST("/api/v1/financing/programmes/{id}/suspend", init));
    case "resume":
      return data(api.POST("/api/v1/financing/programmes/{id}/resume", init));
    case "close":
      return data(api.POST("/api/v1/financing/programmes/{id}/close", init));
  }
}

/** One programme with its terms, and what may be done with it. */
export default function ProgrammePage() {
  const t = useText(messages);
  const { id = "" } = useParams();
  const programme = useResource("/api/v1/financing/programmes/{id}", { id });
  const row = programme.data;
  return (
    <Page title={row?.name ?? t("title")} lead={row?.core_enterprise.name} back={<Link to="/programmes">← {t("back")}</Link>}>
      <Loaded query={programme} hasData={row !== undefined} rows={8}>
        {row && (
          <div className="halves">
            <Terms row={row} />
            <Rates row={row} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Terms({ row }: { row: Programme }) {
  const t = useText(messages);
  const code = useCodes();
  const [open, setOpen] = useState<"edit" | "close" | null>(null);
  const close = () => setOpen(null);
  const send = useAct((action: Action) => act(row, action), close);
  return (
    <section className="card">
      <Facts
        facts={[
          [t("state"), <ProgrammeTag key="state" state={row.state} />],
          [t("limit"), <Money key="limit" value={row.limit} currency={row.currency} wan />],
          row.lent !== null && [t("lent"), <Money key="lent" value={row.lent} currency={row.currency} wan />],
          [t("supplierLimit"), <Money key="supplier" value={row.supplier_limit} currency={row.currency} wan />],
          [t("annualRate"), `${formatShare(row.annual_rate)} (${row.day_count})`],
          [t("feeRate"), formatShare(row.fee_rate)],
          [t("method"), `${code("financingMethod", row.method)} · ${t(row.recourse ? "withRecourse" : "withoutRecourse")}`],
          [t("tenor"), t("daysCount", { count: row.max_tenor_days })],
          [t("graceDays"), t("daysCount", { count: row.grace_days })],
          [t("maker"), row.maker?.name],
          [t("checker"), row.checker?.name],
        ]}
      />
      <InlineFailure error={send.error} />
      <div className="actions">
        {row.allowed_actions.includes("change") && (
          <Button onClick={() => setOpen("edit")} data-testid="programme-edit">
            {t("edit")}
          </Button>
        )}
        {ACTIONS.filter((action) => row.allowed_actions.includes(action)).map((action) => (
          <Button
            key={action}
            type={action === "propose" || action === "approve" ? "primary" : "default"}
            onClick={() => (action === "close" ? setOpen("close") : send.mutate(action))}
            disabled={send.isPending}
            data-testid={`programme-${action.replaceAll("_", "-")}`}
          >
            {t(`action_${action}`)}
          </Button>
        ))}
      </div>
      {open === "edit" && <ProgrammeDialog programme={row} onClose={close} />}
      {open === "close" && (
        <Modal open title={t("closeTitle")} okText={t("action_close")} cancelText={t("cancel")} okButtonProps={{ danger: true, loading: send.isPending }} onOk={() => send.mutate("close")} onCancel={close}>
          <p>{t("closeText")}</p>
        </Modal>
      )}
    </section>
  );
}

function Rates({ row }: { row: Programme }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <Section title={t("rate")}>
      <DataTable
        caption={t("rate")}
        rows={row.advance_rates.filter((each) => each.rung >= row.min_rung)}
        rowKey={(each) => String(each.rung)}
        columns={[
          { key: "rung", title: t("rung"), head: true, render: (each) => code("rung", String(each.rung)) },
          { key: "rate", title: t("rate"), align: "right", render: (each) => formatShare(each.rate) },
        ]}
      />
    </Section>
  );
}
