import { Link } from "react-router";

import type { DueDay } from "../../api/types";
import { formatMoney, formatWan } from "../../shared/format/money";
import { useLanguage, useText } from "../../shared/i18n/LanguageProvider";
import { messages } from "./messages";
import { weeksOf } from "./month";

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

interface CalendarProps {
  month: string;
  days: readonly DueDay[];
  chosen: string;
  linkTo: (day: string) => string;
}

/** A month, each day with what is due on it; on a phone the days on which something is due, one below the other. */
export function Calendar({ month, days, chosen, linkTo }: CalendarProps) {
  const t = useText(messages);
  return (
    <table className="due-calendar" data-testid="due-calendar">
      <caption className="sr-only">{t("calendar")}</caption>
      <thead>
        <tr>
          {WEEKDAYS.map((day) => (
            <th key={day} scope="col">
              {t(day)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeksOf(month).map((week) => (
          <tr key={week.find(Boolean)}>
            {week.map((day, position) => {
              const due = days.filter((each) => each.due_date === day && day !== null);
              return (
                <td key={WEEKDAYS[position]} className={due.length ? "has-dues" : undefined} data-chosen={day !== null && day === chosen}>
                  {day && (due.length ? <DayLink day={day} due={due} to={linkTo(day)} /> : <span className="due-day muted">{Number(day.slice(8))}</span>)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DayLink({ day, due, to }: { day: string; due: readonly DueDay[]; to: string }) {
  const t = useText(messages);
  const { language } = useLanguage();
  const written = (each: DueDay) => formatWan(each.amount, each.currency, language) ?? formatMoney(each.amount, each.currency, language);
  return (
    <Link to={to} replace data-testid="due-day" data-day={day}>
      <span className="due-day">
        <span className="due-short" aria-hidden>
          {Number(day.slice(8))}
        </span>
        <span className="due-long">{day}</span>
      </span>
      {due.map((each) => (
        <span key={each.currency} className="due-sum">
          <strong className="num">{written(each)}</strong> <span className="meta">{t("count", { count: each.count })}</span>
        </span>
      ))}
    </Link>
  );
}
