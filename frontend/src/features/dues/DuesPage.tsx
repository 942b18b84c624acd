import LeftOutlined from "@ant-design/icons/LeftOutlined";
import RightOutlined from "@ant-design/icons/RightOutlined";
import { Button } from "antd";
import { Link, useSearchParams } from "react-router";

import { useList, useResource } from "../../api/queries";
import type { DueDay } from "../../api/types";
import { addDecimals } from "../../shared/format/decimal";
import { today } from "../../shared/format/time";
import { HTML_LANG } from "../../shared/i18n/language";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { Money } from "../../shared/ui/figures";
import { Page, Section } from "../../shared/ui/Page";
import { Loaded } from "../../shared/ui/states";
import { Calendar } from "./Calendar";
import { DueList } from "./DueList";
import "./dues.css";
import { messages } from "./messages";
import { lastOf, monthAfter, monthFrom, monthOf } from "./month";

export type Side = "payable" | "receivable";

/** What is due when: the month with its sums, and below it the claims behind them. Month and day are in the address. */
export function DuesPage({ side }: { side: Side }) {
  const t = useText(messages);
  const [params, setParams] = useSearchParams();
  const month = monthFrom(params.get("month") ?? "");
  const day = params.get("day") ?? "";
  const calendar = useResource("/api/v1/financing/dues/calendar", {}, true, { side, first: `${month}-01`, last: lastOf(month) });
  const days = calendar.data?.days ?? [];
  const goTo = (next: string) => setParams({ month: next }, { replace: true });

  return (
    <Page title={t(side === "payable" ? "obligations" : "expected")} lead={t(side === "payable" ? "obligationsLead" : "expectedLead")}>
      <Section
        title={<MonthName month={month} />}
        action={
          <div className="actions">
            <Button icon={<LeftOutlined aria-hidden />} aria-label={t("previous")} onClick={() => goTo(monthAfter(month, -1))} />
            <Button onClick={() => goTo(monthOf(today()))}>{t("today")}</Button>
            <Button icon={<RightOutlined aria-hidden />} aria-label={t("next")} onClick={() => goTo(monthAfter(month, 1))} />
          </div>
        }
      >
        <Loaded query={calendar} hasData={calendar.data !== undefined} rows={6}>
          <Totals side={side} month={month} days={days.filter((each) => each.due_date !== null)} />
          <Calendar month={month} days={days} chosen={day} linkTo={(chosen) => `?month=${month}&day=${chosen}`} />
        </Loaded>
      </Section>
      <DueList side={side} on={day} onShowAll={() => goTo(month)} />
      {days.some((each) => each.due_date === null) && <DueList side={side} undated />}
    </Page>
  );
}

function MonthName({ month }: { month: string }) {
  const { language } = useLanguage();
  const at = new Date(`${month}-01T00:00:00`);
  return <>{new Intl.DateTimeFormat(HTML_LANG[language], { year: "numeric", month: "long" }).format(at)}</>;
}

function Totals({ side, month, days }: { side: Side; month: string; days: readonly DueDay[] }) {
  const t = useText(messages);
  const currencies = [...new Set(days.map((each) => each.currency))].sort();
  if (currencies.length === 0) return <NothingThisMonth side={side} month={month} />;
  return (
    <dl className="due-totals">
      {currencies.map((currency) => {
        const own = days.filter((each) => each.currency === currency);
        return (
          <div key={currency} data-testid="due-total">
            <dt>{t("total")}</dt>
            <dd>
              <Money value={addDecimals(own.map((each) => each.amount))} currency={currency} wan />
            </dd>
            <dd className="due-certain">
              {t("certain")} <Money value={addDecimals(own.map((each) => each.certain))} currency={currency} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** An empty month names the next day on which something is due, or else the first. */
function NothingThisMonth({ side, month }: { side: Side; month: string }) {
  const t = useText(messages);
  const { rows } = useList("/api/v1/financing/dues", { side, on: "" });
  const dates = rows.map((row) => row.due_date ?? "").filter(Boolean);
  const nearest = dates.find((date) => date > month) ?? dates[0];
  return (
    <p className="muted">
      {t("nothingThisMonth")}{" "}
      {nearest && (
        <Link to={`?month=${nearest.slice(0, 7)}&day=${nearest}`} replace data-testid="nearest-due">
          {t("nearestDue", { date: nearest })}
        </Link>
      )}
    </p>
  );
}
