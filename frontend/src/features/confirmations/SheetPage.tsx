import { Link, useNavigate, useParams } from "react-router";

import { useList, useResource } from "../../api/queries";
import type { ConfirmationRow, ConfirmationSheet } from "../../api/types";
import { formatLong } from "../../shared/format/time";
import { useFilters } from "../../shared/hooks/useFilters";
import { useHotkeys } from "../../shared/hooks/useHotkeys";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { LineComparison } from "../../shared/trade/LineComparison";
import { MismatchList } from "../../shared/trade/MismatchList";
import { Thread } from "../../shared/trade/Thread";
import { Page, Section } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { ConfirmationTag } from "../../shared/ui/status";
import { ToneIcon } from "../../shared/ui/StatusTag";
import "./confirmations.css";
import { Content } from "./Content";
import { Decision } from "./Decision";
import { asked, QUEUE_DEFAULTS, QUEUE_FILTERS } from "./filters";
import { messages } from "./messages";
import { Signatures } from "./Signatures";
import { readStatement } from "./statement";

export default function SheetPage() {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const { id = "" } = useParams();
  const query = useResource("/api/v1/confirmations/{id}", { id });
  const sheet = query.data;
  const title = sheet ? `${code("documentKind", sheet.document.kind)} ${sheet.document.number}` : t("title");

  return (
    <Page
      title={title}
      back={<QueueNeighbours id={id} />}
      lead={sheet && t("sheetLead", { supplier: sheet.document.owner.name, received: formatLong(sheet.document.received_at, language) })}
      action={sheet && <ConfirmationTag state={sheet.state} />}
    >
      <Loaded query={query} hasData={sheet !== undefined} rows={12}>
        {sheet && <Body sheet={sheet} reload={() => query.refetch()} />}
      </Loaded>
    </Page>
  );
}

function Body({ sheet, reload }: { sheet: ConfirmationSheet; reload: () => Promise<unknown> }) {
  const t = useText(messages);
  const code = useCodes();
  const statement = readStatement(sheet.statement);
  const conflicts = sheet.document.conflicts;
  return (
    <>
      {(sheet.document.typed_in_by || sheet.document.version > 0 || conflicts.length > 0) && (
        <div className="note note-attention" data-testid="by-hand">
          <ToneIcon tone="attention" />
          <div>
            {sheet.document.typed_in_by ? <p>{t("typedInBy", { by: sheet.document.typed_in_by })}</p> : sheet.document.version > 0 && <p>{t("correctedByHand", { n: sheet.document.version })}</p>}
            {conflicts.map((other) => (
              <p key={other.id}>
                <Link to={`/documents/${sheet.document.id}/compare/${other.id}`}>{t("conflictWith", { filename: other.filename })}</Link>
              </p>
            ))}
          </div>
        </div>
      )}
      <Section title={t("differencesTitle")}>
        {sheet.differences.length > 0 ? (
          <MismatchList mismatches={sheet.differences} />
        ) : (
          <p>
            <ToneIcon tone="done" /> {t("noDifferencesText")}
          </p>
        )}
      </Section>
      <Section title={t("linesTitle")} action={<Link to={`/trades/${sheet.trade.id}`}>{t("openTrade")}</Link>}>
        <LineComparison lines={sheet.trade.lines} currency={sheet.trade.currency} />
      </Section>
      <div className="halves sheet-halves">
        <div className="stack">
          <Section title={sheet.allowed_actions.length > 0 ? t("documentTitle") : t("documentSigned")} action={<Link to={`/documents/${sheet.document.id}`}>{t("openDocument")}</Link>}>
            {statement ? <Content statement={statement} /> : <p className="muted">{t("unknownFormat")}</p>}
          </Section>
          {!statement && sheet.document.remarks.length > 0 && (
            <Section title={t("remarksTitle")}>
              <ul className="findings">
                {sheet.document.remarks.map((remark, position) => (
                  <li key={position}>
                    <ToneIcon tone="attention" />
                    <span>{code("remark", remark.rule, remark.params, remark.detail)}</span>
                  </li>
                ))}
              </ul>
            </Section>
          )}
          {sheet.has_thread && <Thread document={sheet.id} />}
          {sheet.signatures.length > 0 && <Signatures signatures={sheet.signatures} />}
        </div>
        <Decision key={sheet.id} sheet={sheet} reload={reload} />
      </div>
    </>
  );
}

/** Back to the queue as it was filtered, and to its neighbours. */
function QueueNeighbours({ id }: { id: string }) {
  const t = useText(messages);
  const navigate = useNavigate();
  const { filters, search } = useFilters(QUEUE_FILTERS, QUEUE_DEFAULTS);
  const list = useList("/api/v1/confirmations", asked(filters));
  const at = list.rows.findIndex((row) => row.id === id);
  const previous = at > 0 ? list.rows[at - 1] : undefined;
  const next = list.rows[at + 1]; // a settled one has left the queue: the first of the rest is next
  const go = (row: ConfirmationRow | undefined) => {
    if (row && row.id !== id) void navigate(`/confirmations/${row.id}${search}`);
  };
  useHotkeys({ j: () => go(next), k: () => go(previous) });
  return (
    <>
      <Link to={`/confirmations${search}`}>← {t("back")}</Link>
      <span className="actions">
        {previous && (
          <Link to={`/confirmations/${previous.id}${search}`} rel="prev">
            ↑ {t("previous")} <kbd>k</kbd>
          </Link>
        )}
        {next && (
          <Link to={`/confirmations/${next.id}${search}`} rel="next" data-testid="next-in-queue">
            ↓ {t("next")} <kbd>j</kbd>
          </Link>
        )}
      </span>
    </>
  );
}
