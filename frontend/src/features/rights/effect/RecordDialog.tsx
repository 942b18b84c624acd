import { useId, useState } from "react";

import { api, data } from "../../../api/client";
import type { Priority, ZhongdengRegistration } from "../../../api/types";
import { useAct } from "../../../shared/hooks/useAct";
import { useText } from "../../../shared/i18n/LanguageProvider";
import { RecordingDialog } from "../../../shared/ui/RecordingDialog";
import { messages } from "./messages";

/** As Zhongdeng numbers its registrations. */
const NUMBER = /^[0-9A-Za-z-]{6,40}$/;

export type Recording = { kind: "registration" } | { kind: "search" } | { kind: "notice" } | { kind: "amendment"; registration: ZhongdengRegistration };

interface Props {
  right: string;
  recording: Recording;
  priority: Priority;
  /** To whom the right is pledged here; empty where it is not. */
  holder: string;
  onClose: () => void;
}

/** Records what was filed or searched at Zhongdeng, what was filed after it, or that a notice arrived. */
export function RecordDialog({ recording, ...props }: Props) {
  if (recording.kind === "amendment") return <AmendmentDialog {...props} registration={recording.registration} />;
  if (recording.kind === "search") return <SearchDialog {...props} />;
  return recording.kind === "registration" ? <RegistrationDialog {...props} /> : <NoticeDialog {...props} />;
}

type Common = Omit<Props, "recording">;

/** Whose record it is: somebody else's, or of the pledge here, which its holder alone records. */
function useWhose(priority: Priority, holder: string, mayBeOurs: boolean) {
  const [rival, setRival] = useState(!mayBeOurs);
  const [other, setOther] = useState("");
  const party = rival ? other.trim() : holder;
  return { rival, setRival, other, setOther, party, mayBeOurs, body: { party, rival, pledge: rival ? null : (priority.pledged?.pledge ?? null) } };
}

function RegistrationDialog({ right, priority, holder, onClose }: Common) {
  const t = useText(messages);
  const whose = useWhose(priority, holder, priority.pledged?.mine ?? false);
  const [number, setNumber] = useState("");
  const [at, setAt] = useState("");
  const [until, setUntil] = useState("");
  const [description, setDescription] = useState(priority.draft);
  const send = useAct(
    () =>
      data(
        api.POST("/api/v1/rights/{id}/zhongdeng", {
          params: { path: { id: right } },
          body: { ...whose.body, number: number.trim(), registered_at: moment(at), expires_on: until, description: description.trim() },
        }),
      ),
    onClose,
  );
  const ready = NUMBER.test(number.trim()) && at !== "" && until !== "" && description.trim() !== "" && whose.party !== "";
  return (
    <RecordingDialog title={t("record")} what={t("recordWhat")} ready={ready} send={send} onClose={onClose}>
      <Whose whose={whose} holder={holder} />
      <Field label={t("number")} hint={t("numberHint")} value={number} onChange={setNumber} testId="zhongdeng-number" />
      <Field label={t("registeredAt")} type="datetime-local" value={at} onChange={setAt} testId="zhongdeng-at" />
      <Field label={t("until")} type="date" value={until} onChange={setUntil} testId="zhongdeng-until" />
      <Field label={t("describe")} long value={description} onChange={setDescription} testId="zhongdeng-description" />
    </RecordingDialog>
  );
}

function SearchDialog({ right, onClose }: Common) {
  const t = useText(messages);
  const [number, setNumber] = useState("");
  const [at, setAt] = useState("");
  const send = useAct(
    () => data(api.POST("/api/v1/rights/{id}/searches", { params: { path: { id: right } }, body: { number: number.trim(), searched_at: moment(at) } })),
    onClose,
  );
  return (
    <RecordingDialog title={t("recordSearch")} what={t("recordSearchWhat")} ready={NUMBER.test(number.trim()) && at !== ""} send={send} onClose={onClose}>
      <Field label={t("searchNumber")} hint={t("numberHint")} value={number} onChange={setNumber} testId="search-number" />
      <Field label={t("searchedAt")} type="datetime-local" value={at} onChange={setAt} testId="search-at" />
    </RecordingDialog>
  );
}

function NoticeDialog({ right, priority, holder, onClose }: Common) {
  const t = useText(messages);
  const whose = useWhose(priority, holder, priority.pledged?.mine ?? false);
  const [at, setAt] = useState("");
  const [how, setHow] = useState("");
  const send = useAct(
    () => data(api.POST("/api/v1/rights/{id}/notices", { params: { path: { id: right } }, body: { ...whose.body, reached_at: moment(at), how: how.trim() } })),
    onClose,
  );
  return (
    <RecordingDialog title={t("recordNotice")} what={t("recordNoticeWhat")} ready={at !== "" && how.trim() !== "" && whose.party !== ""} send={send} onClose={onClose}>
      <Whose whose={whose} holder={holder} />
      <Field label={t("reachedAt")} type="datetime-local" value={at} onChange={setAt} testId="notice-at" />
      <Field label={t("how")} value={how} onChange={setHow} testId="notice-how" />
    </RecordingDialog>
  );
}

const KINDS = ["extend", "amend", "cancel", "mistake"] as const;

function AmendmentDialog({ registration, onClose }: Common & { registration: ZhongdengRegistration }) {
  const t = useText(messages);
  const id = useId();
  const [kind, setKind] = useState<(typeof KINDS)[number]>("extend");
  const [number, setNumber] = useState("");
  const [until, setUntil] = useState("");
  const [description, setDescription] = useState("");
  const extends_ = kind === "extend";
  const mistake = kind === "mistake";
  const explained = kind === "amend" || mistake;
  const send = useAct(
    () =>
      data(
        api.POST("/api/v1/zhongdeng/{id}/amendments", {
          params: { path: { id: registration.id } },
          body: { kind, number: mistake ? "" : number.trim(), expires_on: extends_ ? until : null, description: description.trim() },
        }),
      ),
    onClose,
  );
  const ready = (mistake || NUMBER.test(number.trim())) && (!extends_ || until !== "") && (!explained || description.trim() !== "");
  return (
    <RecordingDialog title={t("amendOf", { number: registration.number })} what={t("recordWhat")} ready={ready} send={send} onClose={onClose}>
      <div className="field">
        <label htmlFor={id}>{t("kind")}</label>
        <select id={id} className="select" value={kind} onChange={(event) => setKind(KINDS.find((each) => each === event.target.value) ?? "extend")} data-testid="amendment-kind">
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {t(`kind_${each}`)}
            </option>
          ))}
        </select>
      </div>
      {!mistake && <Field label={t("amendNumber")} hint={t("numberHint")} value={number} onChange={setNumber} testId="amendment-number" />}
      {extends_ && <Field label={t("until")} type="date" value={until} onChange={setUntil} testId="amendment-until" />}
      <Field label={t("explain")} long value={description} onChange={setDescription} testId="amendment-description" />
    </RecordingDialog>
  );
}

/** A local date and time of a form as a moment. */
function moment(local: string): string {
  return new Date(local).toISOString();
}

function Whose({ whose, holder }: { whose: ReturnType<typeof useWhose>; holder: string }) {
  const t = useText(messages);
  const id = useId();
  return (
    <>
      <div className="field">
        <label htmlFor={id}>{t("whose")}</label>
        <select id={id} className="select" value={whose.rival ? "rival" : "ours"} onChange={(event) => whose.setRival(event.target.value === "rival")} data-testid="whose">
          {whose.mayBeOurs && (
            <option value="ours">
              {t("whose_ours")} · {holder}
            </option>
          )}
          <option value="rival">{t("whose_rival")}</option>
        </select>
      </div>
      {whose.rival && <Field label={t("party")} value={whose.other} onChange={whose.setOther} testId="party" />}
    </>
  );
}

interface FieldProps {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "date" | "datetime-local";
  long?: boolean;
  testId: string;
}

function Field({ label, hint, value, onChange, type = "text", long = false, testId }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {long ? (
        <textarea id={id} className="textarea" rows={5} maxLength={20_000} value={value} onChange={(event) => onChange(event.target.value)} data-testid={testId} />
      ) : (
        <input id={id} className="input" type={type} maxLength={200} value={value} onChange={(event) => onChange(event.target.value)} data-testid={testId} aria-describedby={hint && `${id}hint`} />
      )}
      {hint && (
        <span id={`${id}hint`} className="meta">
          {hint}
        </span>
      )}
    </div>
  );
}
