import type { Document, LedgerRecord } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { StatusTag, type Tone } from "../../shared/ui/StatusTag";
import { DocumentStateTag } from "../../shared/ui/status";
import { ANCHOR_TONE, useChainName } from "./AnchorTag";
import { messages } from "./messages";

/** What a record is, and its place: "Document · place 12". */
export function useRecordName(): (record: Pick<LedgerRecord, "template" | "index">) => string {
  const t = useText(messages);
  const code = useCodes();
  return ({ template, index }) => {
    const words = code("recordTemplate", template, {}, template);
    return index === null ? t("recordTitlePending", { template: words }) : t("recordTitle", { template: words, index });
  };
}

export function RecordName({ record }: { record: LedgerRecord }) {
  return useRecordName()(record);
}

const TONE: Record<LedgerRecord["chains"][number]["state"], Tone> = { ...ANCHOR_TONE, waiting: "idle" };

/** A record's state on each chain by name and shape; before it has its place in the log, that. */
export function RecordChains({ record }: { record: LedgerRecord }) {
  const code = useCodes();
  const chainName = useChainName();
  if (record.index === null || record.chains.length === 0) return <DocumentStateTag state={record.state} />;
  return (
    <span className="tags">
      {record.chains.map((each) => (
        <StatusTag key={each.chain} tone={TONE[each.state]} testId={`on-${each.chain}-${each.state}`}>
          {chainName(each.chain)} {code("anchorState", each.state)}
        </StatusTag>
      ))}
    </span>
  );
}

/** What a record is about: a document by its name where one may see it, else its kind. */
export function useSubjectName(): (record: LedgerRecord, documents: ReadonlyMap<string, Document>) => string {
  const code = useCodes();
  return ({ subject }, documents) => {
    const row = documents.get(subject.id);
    if (!row) return code("subjectKind", subject.kind);
    return row.number ? `${code("documentKind", row.kind)} ${row.number}` : row.filename;
  };
}
