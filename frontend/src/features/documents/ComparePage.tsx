import { Link, useParams } from "react-router";

import { useResource } from "../../api/queries";
import type { Document, DocumentComparison } from "../../api/types";
import { formatSize } from "../../shared/format/size";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { pathInWords } from "../../shared/trade/pathWords";
import { Money, Time } from "../../shared/ui/figures";
import { Page, Section } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { TypedIn } from "../../shared/ui/TypedIn";
import "./documents.css";
import { messages } from "./messages";

/** Two documents of one number side by side: what repeats, or what contradicts. Nothing is written here. */
export default function ComparePage() {
  const t = useText(messages);
  const code = useCodes();
  const { id = "", other = "" } = useParams();
  const query = useResource("/api/v1/documents/{id}/comparison/{other}", { id, other });
  const found = query.data;
  const title = found ? `${t("compareTitle")} · ${found.earlier.number ? `${code("documentKind", found.earlier.kind)} ${found.earlier.number}` : found.earlier.filename}` : t("compareTitle");
  return (
    <Page title={title} back={<Link to={`/documents/${id}`}>← {t("document")}</Link>} lead={found && t(`compare_${found.relation}`)}>
      <Loaded query={query} hasData={found !== undefined} rows={8}>
        {found && <Body found={found} />}
      </Loaded>
    </Page>
  );
}

function Body({ found }: { found: DocumentComparison }) {
  const t = useText(messages);
  const { language } = useLanguage();
  return (
    <>
      <div className="halves">
        <Side title={t("compareEarlier")} row={found.earlier} same={found.same_bytes} />
        <Side title={t("compareLater")} row={found.later} same={found.same_bytes} />
      </div>
      <Section title={found.differences.length > 0 ? t("compareDiffering", { n: found.differences.length + found.more }) : t("compareTitle")} testId="differences">
        {found.differences.length === 0 ? (
          <p>
            <ToneIcon tone="done" /> {t("compareSame")}
          </p>
        ) : (
          <div className="compare" role="table" aria-label={t("compareTitle")}>
            <div role="row" className="compare-row compare-head">
              <span role="columnheader">{t("compareField")}</span>
              <span role="columnheader">{t("compareEarlier")}</span>
              <span role="columnheader">{t("compareLater")}</span>
            </div>
            {found.differences.map((each) => (
              <div role="row" className="compare-row" key={each.path} data-testid="difference" data-path={each.path}>
                <span role="rowheader">{pathInWords(each.path, language)}</span>
                <Value value={each.from} />
                <Value value={each.to} />
              </div>
            ))}
          </div>
        )}
        {found.more > 0 && <p className="meta">{t("compareMore", { n: found.more })}</p>}
      </Section>
    </>
  );
}

function Value({ value }: { value: string | null }) {
  const t = useText(messages);
  return (
    <span role="cell" className="compare-value">
      {value === null ? <span className="muted">{t("nothingStated")}</span> : <mark>{value}</mark>}
    </span>
  );
}

function Side({ title, row, same }: { title: string; row: Document; same: boolean }) {
  const t = useText(messages);
  return (
    <Section title={title} action={<Link to={`/documents/${row.id}`}>{t("open")}</Link>}>
      <dl className="facts">
        <div>
          <dt>{t("compareFile")}</dt>
          <dd>
            {row.filename} <span className="meta">{formatSize(row.size)}</span>
          </dd>
        </div>
        <div>
          <dt>{t("compareFormat")}</dt>
          <dd>{row.format || row.media_type}</dd>
        </div>
        <div>
          <dt>{t("received")}</dt>
          <dd>
            <Time value={row.received_at} />
          </dd>
        </div>
        <div>
          <dt>{t("total")}</dt>
          <dd>
            <Money value={row.total} currency={row.currency} />
          </dd>
        </div>
        <div>
          <dt>{t("compareBytes")}</dt>
          <dd>
            {same ? t("compareSameBytes") : t("compareOtherBytes")}
            <span className="meta mono compare-digest">SM3 {row.digest}</span>
          </dd>
        </div>
        {row.typed_in_by && (
          <div>
            <dt>{t("verdict")}</dt>
            <dd>
              <TypedIn by={row.typed_in_by} />
            </dd>
          </div>
        )}
      </dl>
    </Section>
  );
}
