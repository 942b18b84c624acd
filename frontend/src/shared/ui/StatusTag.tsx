import CheckCircleOutlined from "@ant-design/icons/CheckCircleOutlined";
import ClockCircleOutlined from "@ant-design/icons/ClockCircleOutlined";
import CloseCircleOutlined from "@ant-design/icons/CloseCircleOutlined";
import ExclamationCircleOutlined from "@ant-design/icons/ExclamationCircleOutlined";
import InfoCircleOutlined from "@ant-design/icons/InfoCircleOutlined";
import SyncOutlined from "@ant-design/icons/SyncOutlined";
import type { ReactNode } from "react";

export type Tone = "done" | "attention" | "refused" | "running" | "notice" | "idle";

const ICONS: Record<Tone, ReactNode> = {
  done: <CheckCircleOutlined aria-hidden />,
  attention: <ExclamationCircleOutlined aria-hidden />,
  refused: <CloseCircleOutlined aria-hidden />,
  running: <SyncOutlined aria-hidden />,
  notice: <InfoCircleOutlined aria-hidden />,
  idle: <ClockCircleOutlined aria-hidden />,
};

/** A status by word, shape and colour. */
export function StatusTag({ tone, children, testId }: { tone: Tone; children: ReactNode; testId?: string }) {
  return (
    <span className={`tag tag-${tone}`} data-testid={testId}>
      {ICONS[tone]}
      <span>{children}</span>
    </span>
  );
}

export function ToneIcon({ tone }: { tone: Tone }) {
  return <span className={`tone tone-${tone}`}>{ICONS[tone]}</span>;
}
