import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { totalWords } from "../../shared/trade/totalWords";
import { CopyText } from "../../shared/ui/CopyText";
import { DataTable } from "../../shared/ui/DataTable";
import { Facts, type Fact } from "../../shared/ui/Facts";
import { Day, Money } from "../../shared/ui/figures";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { lineColumns } from "./lineColumns";
import { messages } from "./messages";
import type { Statement } from "./statement";

/** The statement in readable form: every field of it and nothing else. */
export function Content({ statement }: { statement: Statement }) {
  const t = useText(messages);
  const total = useText(totalWords);
  const code = useCodes();
  const { trade, document: paper, remarks } = statement;
  const totals = (Object.keys(totalWords) as (keyof typeof totalWords)[])
    .filter((key) => paper.totals[key] !== undefined)
    .map((key): Fact => [total(key), <Money key={key} value={paper.totals[key]} currency={paper.currency} />]);
  return (
    <>
      <Facts
        facts={[
          [t("document"), `${code("documentKind", paper.kind)} ${paper.number}`],
          [t("order"), trade.order_number],
          [t("supplier"), <Party key="seller" found={trade.seller} inFile={paper.seller} />],
          [t("buyer"), <Party key="buyer" found={trade.buyer} inFile={paper.buyer} />],
          [t("issued"), paper.issue_date && <Day value={paper.issue_date} />],
          [t("due"), paper.due_date && <Day value={paper.due_date} />],
          [t("amount"), paper.total && <Money value={paper.total} currency={paper.currency} wan />],
          [t("digest"), <CopyText key="sm3" value={paper.sm3} head={16} label={t("digest")} />],
        ]}
      />
      {remarks.length > 0 && (
        <div className="content-part">
          <h3>{t("remarksTitle")}</h3>
          <ul className="findings">
            {remarks.map((remark, position) => (
              <li key={position} data-testid="sheet-remark" data-rule={remark.rule}>
                <ToneIcon tone="attention" />
                <span>{code("remark", remark.rule, remark.params)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {paper.lines.length > 0 && (
        <div className="content-lines">
          <DataTable
            caption={t("documentTitle")}
            columns={lineColumns(paper, t, code)}
            rows={paper.lines}
            rowKey={(line) => `${line.id}-${paper.lines.indexOf(line)}`}
            rowClass={() => "content-line"}
          />
        </div>
      )}
      {totals.length > 0 && (
        <div className="content-part" data-testid="sheet-totals">
          <h3>{t("totalsTitle")}</h3>
          <Facts facts={totals} />
        </div>
      )}
    </>
  );
}

/** The organisation that a party was found to be, and its name in the file where that is another. */
function Party({ found, inFile }: { found: string; inFile: string | null }) {
  const t = useText(messages);
  if (!inFile || inFile === found) return found;
  return (
    <span className="two-lines">
      <span>{found}</span>
      <span className="meta">{t("inFile", { name: inFile })}</span>
    </span>
  );
}
