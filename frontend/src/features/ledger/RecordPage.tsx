import { Link, useParams } from "react-router";

import { useResource } from "../../api/queries";
import type { LedgerRecordDetail } from "../../api/types";
import { useFilters } from "../../shared/hooks/useFilters";
import { usePolling } from "../../shared/hooks/usePolling";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { Facts } from "../../shared/ui/Facts";
import { Time } from "../../shared/ui/figures";
import { Page, Section } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { checkpointPath } from "./CheckpointTable";
import "./ledger.css";
import { Life } from "./Life";
import { messages } from "./messages";
import { PublicLog } from "./PublicLog";
import { useSubjects } from "./queries";
import { RecordChains, useRecordName, useSubjectName } from "./RecordName";
import { RECORD_FILTERS } from "./RecordsPage";

/** Where the things are that records are about. */
const SUBJECT_PAGES: Readonly<Record<string, (id: string) => string>> = {
  document: (id) => `/documents/${id}`,
  trade: (id) => `/trades/${id}`,
  grant: () => "/consents",
};

export default function RecordPage() {
  const t = useText(messages);
  const name = useRecordName();
  const { id = "" } = useParams();
  const { search } = useFilters(RECORD_FILTERS);
  const query = useResource("/api/v1/ledger/records/{id}", { id });
  usePolling(["ledger"]);
  const record = query.data;
  return (
    <Page
      title={record ? name(record) : t("record")}
      back={<Link to={`/ledger/records${search}`}>← {t("recordsTitle")}</Link>}
      lead={record && <RecordChains record={record} />}
      action={record && <SubjectLink record={record} />}
    >
      <Loaded query={query} hasData={record !== undefined} rows={10}>
        {record && <Body record={record} />}
      </Loaded>
    </Page>
  );
}

function SubjectLink({ record }: { record: LedgerRecordDetail }) {
  const t = useText(messages);
  const code = useCodes();
  const page = SUBJECT_PAGES[record.subject.kind];
  if (!page) return null;
  return (
    <Link className="primary-link" to={page(record.subject.id)} data-testid="open-subject">
      {t("openSubject", { kind: code("subjectKind", record.subject.kind).toLowerCase() })}
    </Link>
  );
}

function Body({ record }: { record: LedgerRecordDetail }) {
  const t = useText(messages);
  const about = useSubjectName();
  const documents = useSubjects([record]);
  return (
    <div className="record-columns">
      <Section title={t("factsTitle")}>
        <Facts
          facts={[
            [t("subject"), about(record, documents)],
            [t("channel"), <Link key="channel" to={`/ledger/channels/${record.channel}`}>{record.channel}</Link>],
            [t("place"), record.index === null ? t("notYet") : <span className="num">{record.index}</span>],
            record.checkpoint_size !== null && [t("inCheckpoint"), <Link key="checkpoint" to={checkpointPath(record.channel, record.checkpoint_size)}>{record.checkpoint_size}</Link>],
            [t("recorded"), <Time key="time" value={record.time} seconds />],
            [t("byWhom"), record.actor],
            [t("template"), <code key="template">{record.template}</code>],
          ]}
        />
        <div className="record-hashes">
          <Facts
            wide
            facts={[
              [t("recordId"), <CopyText key="id" value={record.id} label={t("recordId")} />],
              [t("commitment"), <CopyText key="commitment" value={record.commitment} label={t("commitment")} />],
              [t("leafHash"), <CopyText key="leaf" value={record.leaf_hash} label={t("leafHash")} />],
            ]}
          />
          <p className="meta">{t("commitmentHint")}</p>
        </div>
      </Section>
      <Life events={record.timeline} waiting={record.index === null ? [] : record.chains.filter((each) => each.state === "waiting").map((each) => each.chain)} />
      {record.index !== null && record.checkpoint_size !== null && <PublicLog channel={record.channel} index={record.index} size={record.checkpoint_size} />}
    </div>
  );
}
