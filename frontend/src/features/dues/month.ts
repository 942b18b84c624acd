/** Months as "2026-12" and business dates as "2026-12-28": no time zone comes into it. */

import { today } from "../../shared/format/time";

const two = (value: number) => String(value).padStart(2, "0");

/** The month of a business date. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** A month of the address, or today's where it is none. */
export function monthFrom(text: string, day: string = today()): string {
  return /^[12]\d{3}-(0[1-9]|1[0-2])$/.test(text) ? text : monthOf(day);
}

function parts(month: string): [number, number] {
  return [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
}

export function monthAfter(month: string, by: number): string {
  const [year, number] = parts(month);
  const whole = year * 12 + number - 1 + by;
  return `${Math.floor(whole / 12)}-${two((whole % 12) + 1)}`;
}

function lengthOf(month: string): number {
  const [year, number] = parts(month);
  return new Date(Date.UTC(year, number, 0)).getUTCDate();
}

export function lastOf(month: string): string {
  return `${month}-${two(lengthOf(month))}`;
}

/** The weeks of a month, Monday first; null where a day belongs to another month. */
export function weeksOf(month: string): (string | null)[][] {
  const [year, number] = parts(month);
  const before = (new Date(Date.UTC(year, number - 1, 1)).getUTCDay() + 6) % 7;
  const days = Array.from({ length: lengthOf(month) }, (_, day) => `${month}-${two(day + 1)}`);
  const cells: (string | null)[] = [...Array<null>(before).fill(null), ...days];
  while (cells.length % 7) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}
