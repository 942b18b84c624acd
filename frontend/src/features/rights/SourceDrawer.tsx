import { Drawer } from "antd";
import { Link } from "react-router";

import { useResource } from "../../api/queries";
import type { RightDetail, RightFigures } from "../../api/types";
import { joinNames } from "../../shared/format/join";
import { formatMoney } from "../../shared/format/money";
import { useMedia } from "../../shared/hooks/useMedia";
import { useCodes, useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { CopyText } from "../../shared/ui/CopyText";
import { DataTable, type Column } from "../../shared/ui/DataTable";
import { Money, Quantity } from "../../shared/ui/figures";
import { Loaded } from "../../shared/ui/states";
import type { Figure } from "./figure";
import { messages } from "./messages";
import { sourcesOf, type SourceLine } from "./sources";

interface SourceDrawerProps {
  right: RightDetail;
  figure: Figure | null;
  onClose: () => void;
}

/** Where a number comes from: the lines and their documents. */
export function SourceDrawer({ right, figure, onClose }: SourceDrawerProps) {
  const t = useText(messages);
  const isNarrow = useMedia("(max-width: 720px)");
  const query = useResource("/api/v1/rights/{id}/figures", { id: right.id }, figure !== null);
  return (
    <Drawer open={figure !== null} onClose={onClose} title={t("sourcesTitle", { figure: useName(right, figure) })} size={isNarrow ? "100%" : 760} closable={{ "aria-label": t("close") }}>
      <div data-testid="sources">
        <Loaded query={query} hasData={query.data !== undefined} rows={4}>
          {query.data && figure && <Sources figures={query.data} figure={figure} />}
        </Loaded>
      </div>
    </Drawer>
  );
}

function useName(right: RightDetail, figure: Figure | null): string {
  const t = useText(messages);
  const code = useCodes();
  if (figure === null) return "";
  if (figure.kind === "reduction") return code("reduction", right.reductions[figure.row]?.reason ?? "");
  const names = { value: t("value"), tax: t("tax"), base: t("base"), supported: t("supported"), quantity: t("quantity"), unitValue: t("unitValue"), rowValue: t("value"), rowTax: t("tax") };
  const item = "row" in figure ? right.lines[figure.row]?.item : undefined;
  return item ? `${item} · ${names[figure.kind]}` : names[figure.kind];
}

function Sources({ figures, figure }: { figures: RightFigures; figure: Figure }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const lines = sourcesOf(figures, figure);
  const columns = useColumns(figures);
  if (figures.payment && !("row" in figure))
    return <p>{t("fromPayment", { organisation: figures.payment.organisation, amount: formatMoney(figures.payment.amount, figures.currency, language), due_date: figures.payment.due_date })}</p>;
  if (lines.length === 0) return <p className="muted">{t("noSources")}</p>;
  return <DataTable caption={t("document")} columns={columns} rows={lines} rowKey={(line) => line.key} testId="source-row" />;
}

function useColumns(figures: RightFigures): Column<SourceLine>[] {
  const t = useText(messages);
  const code = useCodes();
  const { language } = useLanguage();
  const documents = new Map(figures.documents.map((each) => [each.document, each]));
  return [
    {
      key: "document",
      title: t("document"),
      head: true,
      wrap: true,
      render: (line) => {
        const document = documents.get(line.document);
        return (
          <span className="two-lines">
            <Link to={`/documents/${line.document}`}>{document ? `${code("documentKind", document.kind)} ${document.number}` : "—"}</Link>
            <span className="meta">{[line.line && t("line", { line: line.line }), line.item].filter(Boolean).join(" · ")}</span>
            {document && (
              <span className="meta">
                SM3 <CopyText value={document.sm3} head={12} label={t("digest")} />
              </span>
            )}
          </span>
        );
      },
    },
    { key: "role", title: t("role"), render: (line) => joinNames(line.roles.map((role) => code("sourceRole", role)), language) || "—" },
    { key: "quantity", title: t("quantity"), align: "right", render: (line) => <Quantity value={line.quantity} unit={line.unit} /> },
    { key: "amount", title: t("amount"), align: "right", render: (line) => <Money value={line.amount} currency={figures.currency} /> },
    { key: "tax", title: t("tax"), align: "right", render: (line) => <Money value={line.tax} currency={figures.currency} /> },
  ];
}
