import { Button } from "antd";
import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Notice, Pledge, Priority, RightOnRegistry, ZhongdengRegistration, ZhongdengSearch } from "../../../api/types";
import { formatTime, today } from "../../../shared/format/time";
import { useCodes, useText } from "../../../shared/i18n/LanguageProvider";
import { CopyButton, CopyText } from "../../../shared/ui/CopyText";
import { Facts } from "../../../shared/ui/Facts";
import { Time } from "../../../shared/ui/figures";
import { StatusTag, type Tone } from "../../../shared/ui/StatusTag";
import { messages } from "./messages";
import type { Recording } from "./RecordDialog";

type Step = RightOnRegistry["steps"][number];
type Ask = ((recording: Recording) => void) | undefined;

const SOON_DAYS = 30;
const DAY_MS = 86_400_000;
const PLEDGE_TONE: Record<Pledge["state"], Tone> = { registering: "running", active: "done", refused: "refused", released: "idle", settled: "idle" };
const CHAIN_TONE: Record<Step["state"], Tone> = { pending: "running", sent: "running", done: "done", refused: "refused" };
const CHAIN_WORD = { pending: "chainPending", sent: "chainSent", done: "chainDone", refused: "chainRefused" } as const;

function Frame({ title, tag, testId, children }: { title: string; tag?: ReactNode; testId: string; children?: ReactNode }) {
  return (
    <li data-testid={testId}>
      <div className="rung-line">
        <h3>{title}</h3>
        {tag}
      </div>
      {children}
    </li>
  );
}

export function PledgeStep({ priority, pledge }: { priority: Priority; pledge: Pledge | undefined }) {
  const t = useText(messages);
  const code = useCodes();
  const standing = priority.pledged;
  if (!standing)
    return (
      <Frame title={t("pledgedTitle")} testId="effect-pledge">
        <p className="muted">{t("pledgedNone")}</p>
      </Frame>
    );
  return (
    <Frame title={t("pledgedTitle")} testId="effect-pledge" tag={pledge && <StatusTag tone={PLEDGE_TONE[pledge.state]}>{code("pledgeState", pledge.state)}</StatusTag>}>
      <Facts
        facts={[
          pledge !== undefined && [t("holder"), pledge.holder.name],
          [t("since"), <Time key="since" value={standing.since} seconds />],
        ]}
      />
    </Frame>
  );
}

export function ChainStep({ registry, step }: { registry: RightOnRegistry | undefined; step: Step | undefined }) {
  const t = useText(messages);
  const code = useCodes();
  if (!step)
    return (
      <Frame title={t("chainTitle")} testId="effect-chain">
        <p className="muted">{t("chainNone")}</p>
      </Frame>
    );
  const chain = registry?.chain;
  return (
    <Frame
      title={t("chainTitle")}
      testId="effect-chain"
      tag={
        <StatusTag tone={CHAIN_TONE[step.state]} testId={`chain-${step.state}`}>
          {t(CHAIN_WORD[step.state], { reason: code("registryRefusal", step.reason, {}, step.reason) })}
        </StatusTag>
      }
    >
      <Facts
        facts={[
          chain ? [t("chain"), code("chainName", chain, {}, chain)] : null,
          step.block !== null && [t("block"), <span key="block" className="num">{step.block}</span>],
          step.block_time !== null && [t("blockTime"), <Time key="time" value={step.block_time} seconds />],
          step.transaction !== null && [t("transaction"), <CopyText key="transaction" value={`0x${step.transaction}`} head={18} label={t("transaction")} />],
          registry?.contract ? [t("contract"), <CopyText key="contract" value={registry.contract} head={18} label={t("contract")} />] : null,
        ]}
      />
    </Frame>
  );
}

export function ZhongdengStep({ priority, onRecord }: { priority: Priority; onRecord: Ask }) {
  const t = useText(messages);
  const own = priority.registrations.filter((row) => !row.rival);
  const rivals = priority.registrations.filter((row) => row.rival);
  return (
    <Frame title={t("zhongdengTitle")} testId="effect-zhongdeng">
      {own.length === 0 && <p className="muted">{t("zhongdengNone")}</p>}
      <Registrations rows={own} onRecord={onRecord} />
      {rivals.length > 0 && <h4>{t("rivals")}</h4>}
      <Registrations rows={rivals} onRecord={onRecord} />
      {priority.searches.length > 0 && <h4>{t("searches")}</h4>}
      <Searches rows={priority.searches} />
      <details data-testid="zhongdeng-draft">
        <summary>{t("draft")}</summary>
        <p className="meta">
          {t("draftWhat")} <CopyButton value={priority.draft} label={t("draft")} />
        </p>
        <blockquote className="draft">{priority.draft}</blockquote>
      </details>
      {onRecord && (
        <div className="actions">
          <Button onClick={() => onRecord({ kind: "registration" })} data-testid="record-registration">
            {t("record")}
          </Button>
          {priority.may_search && (
            <Button onClick={() => onRecord({ kind: "search" })} data-testid="record-search">
              {t("recordSearch")}
            </Button>
          )}
        </div>
      )}
    </Frame>
  );
}

function Registrations({ rows, onRecord }: { rows: readonly ZhongdengRegistration[]; onRecord: Ask }) {
  const t = useText(messages);
  return rows.map((row) => (
    <div key={row.id} className="rung-fact" data-testid="registration">
      <div className="rung-line">
        <strong>{row.party}</strong>
        <Standing row={row} />
        {onRecord && row.may_amend && (
          <Button size="small" onClick={() => onRecord({ kind: "amendment", registration: row })} data-testid="record-amendment">
            {t("amend")}
          </Button>
        )}
      </div>
      <Facts
        facts={[
          [t("number"), <CopyText key="number" value={row.number} label={t("number")} />],
          [t("registeredAt"), <Time key="at" value={row.registered_at} />],
        ]}
      />
      {row.amendments.map((each) => (
        <span key={each.at} className="meta">
          {t(`kind_${each.kind}`)} {each.number} {each.description} · {formatTime(each.at)} · {t("recordedBy", { who: each.recorded_by })}
        </span>
      ))}
      <span className="meta">{t("recordedBy", { who: row.recorded_by })}</span>
    </div>
  ));
}

function Searches({ rows }: { rows: readonly ZhongdengSearch[] }) {
  const t = useText(messages);
  return rows.map((row) => (
    <div key={row.id} className="rung-fact" data-testid="search">
      <Facts
        facts={[
          [t("searchedAt"), <Time key="at" value={row.searched_at} />],
          [t("searchNumber"), <CopyText key="number" value={row.number} label={t("searchNumber")} />],
        ]}
      />
      <span className="meta">{t("recordedBy", { who: row.recorded_by })}</span>
    </div>
  ));
}

function Standing({ row }: { row: ZhongdengRegistration }) {
  const t = useText(messages);
  if (row.ended) return <StatusTag tone="idle">{t(row.amendments.some((each) => each.kind === "mistake") ? "kind_mistake" : "zhongdengEnded")}</StatusTag>;
  const days = Math.round((Date.parse(row.expires_on) - Date.parse(today())) / DAY_MS);
  if (days < 0) return <StatusTag tone="refused">{t("zhongdengExpired", { day: row.expires_on })}</StatusTag>;
  if (days <= SOON_DAYS) return <StatusTag tone="attention">{t("zhongdengSoon", { days })}</StatusTag>;
  return <StatusTag tone={row.rival ? "attention" : "done"}>{t("zhongdengHolds", { day: row.expires_on })}</StatusTag>;
}

const NOTICE_TONE: Record<Notice["state"], Tone> = { prepared: "idle", sent: "running", acknowledged: "done", lifted: "idle" };

export function NoticeStep({ priority, notice, onRecord }: { priority: Priority; notice: Notice | undefined; onRecord: Ask }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <Frame
      title={t("noticeTitle")}
      testId="effect-notice"
      tag={notice && <StatusTag tone={NOTICE_TONE[notice.state]}>{code("noticeState", notice.state)}</StatusTag>}
    >
      {notice && (
        <p>
          <Link to={`/notices/${notice.id}`}>{t("noticeOnPlatform")}</Link>
          {notice.sent_at && <span className="meta"> {formatTime(notice.sent_at)}</span>}
        </p>
      )}
      {!notice && priority.notices.length === 0 && <p className="muted">{t("noticeNone")}</p>}
      {priority.notices.map((row) => (
        <p key={row.id} data-testid="recorded-notice">
          {t("noticeReached", { party: row.party, when: formatTime(row.reached_at), how: row.how })} <span className="meta">{t("recordedBy", { who: row.recorded_by })}</span>
        </p>
      ))}
      {onRecord && (
        <div className="actions">
          <Button onClick={() => onRecord({ kind: "notice" })} data-testid="record-notice">
            {t("recordNotice")}
          </Button>
        </div>
      )}
    </Frame>
  );
}
