import { describe, expect, it } from "vitest";

import { addDecimals, formatDecimal, formatExact, formatShare, inTenThousands, isAbove, isZero, typedAmount, typedPercent } from "./decimal";
import { formatMoney, formatWan } from "./money";
import { formatSize } from "./size";
import { formatDate, formatDuration, formatLong, formatRelative, formatTime, today } from "./time";

describe("figures as typed", () => {
  it("are amounts above zero with at most two decimals", () => {
    expect(["1,234.50", " 7 ", "0", "0.00", "1.234", "-1", "1e3", ""].map(typedAmount)).toEqual(["1234.50", "7", null, null, null, null, null, null]);
  });
  it("are percentages from 0 to 100", () => {
    expect(["4.35", "0", "100", "0.0001", "100.01", "4,35", "", "-1"].map(typedPercent)).toEqual(["0.043500", "0.000000", "1.000000", "0.000001", null, null, null, null]);
  });
  it("are compared exactly", () => {
    expect(isAbove("10.00", "9.99")).toBe(true);
    expect(isAbove("10", "10.00")).toBe(false);
    expect(isAbove("9007199254740993.01", "9007199254740993.02")).toBe(false);
  });
});

describe("decimals", () => {
  it.each([
    [[], "0"],
    [["0.1", "0.2"], "0.3"],
    [["1.00", "-3.5"], "-2.50"],
    [["9007199254740993.01", "0.99"], "9007199254740994.00"],
  ])("%j add up to %s", (values, sum) => {
    expect(addDecimals(values)).toBe(sum);
  });
  it.each([
    ["1234.5", "1,234.50"],
    ["0", "0.00"],
    ["-1234567.891", "−1,234,567.89"],
    ["0.005", "0.01"],
    ["0.994", "0.99"],
    ["0.995", "1.00"],
    ["-0.001", "0.00"],
    ["123456789012345678901234567890.10", "123,456,789,012,345,678,901,234,567,890.10"],
    ["not a number", "not a number"],
  ])("%s with two places is %s", (value, shown) => {
    expect(formatDecimal(value, 2)).toBe(shown);
  });

  it("keeps a quantity's own digits", () => {
    expect(formatExact("90.000")).toBe("90");
    expect(formatExact("1234.5600")).toBe("1,234.56");
    expect(formatExact("1", 2)).toBe("1.00");
    expect(formatExact("PCE")).toBe("PCE");
  });

  it("shows shares as per cent", () => {
    expect(formatShare("0.70")).toBe("70%");
    expect(formatShare("0.725")).toBe("72.5%");
    expect(formatShare("1")).toBe("100%");
    expect(formatShare("0.05")).toBe("5%");
  });

  it("knows zero in all its forms", () => {
    expect(["0", "0.00", "", null, undefined].every(isZero)).toBe(true);
    expect(isZero("0.01")).toBe(false);
  });

  it("counts in ten thousands from 10,000 on", () => {
    expect(inTenThousands("9999.99")).toBeNull();
    expect(inTenThousands("12345678.90")).toBe("1,234.57");
    expect(inTenThousands("10000")).toBe("1.00");
  });
});

describe("money", () => {
  it("speaks the reader's language", () => {
    expect(formatMoney("1234.5", "CNY", "zh")).toBe("1,234.50 元");
    expect(formatMoney("1234.5", "CNY", "en")).toBe("CNY 1,234.50");
    expect(formatMoney("1234.5", "GBP", "zh")).toBe("GBP 1,234.50");
    expect(formatMoney("1234.5", null, "zh")).toBe("1,234.50");
    expect(formatWan("1234500", "CNY", "zh")).toBe("123.45 万元");
    expect(formatWan("1234500", "CNY", "en")).toBeNull();
  });
});

describe("times", () => {
  const at = new Date(2026, 2, 4, 14, 5, 9).toISOString();

  it("are ISO in the local zone", () => {
    expect(formatTime(at)).toBe("2026-03-04 14:05");
    expect(formatTime(at, true)).toBe("2026-03-04 14:05:09");
    expect(formatDate(at)).toBe("2026-03-04");
    expect(formatDate("2026-03-04")).toBe("2026-03-04");
    expect(formatTime("nonsense")).toBe("nonsense");
  });

  it("are long in prose", () => {
    expect(formatLong(at, "zh")).toBe("2026年3月4日 14:05");
    expect(formatLong(at, "en")).toBe("4 March 2026 at 14:05");
    expect(formatLong("2026-03-04", "en")).toBe("4 March 2026");
  });

  it("are told from now", () => {
    const now = Date.parse(at);
    expect(formatRelative(at, "en", now + 3 * 60_000)).toBe("3 minutes ago");
    expect(formatRelative(at, "en", now - 2 * 86_400_000)).toBe("in 2 days");
  });

  it("have readable lengths", () => {
    expect(formatDuration(0)).toBe("0 s");
    expect(formatDuration(7_530)).toBe("2 h 5 min");
  });
});

describe("sizes", () => {
  it("are decimal", () => {
    expect([999, 1_500, 20_000_000].map(formatSize)).toEqual(["999 B", "1.5 kB", "20 MB"]);
  });
});

describe("the business day", () => {
  it("is Beijing's, also for a reader whose own day is another", () => {
    expect(today(new Date("2026-11-27T15:59:59Z"))).toBe("2026-11-27");
    expect(today(new Date("2026-11-27T16:00:00Z"))).toBe("2026-11-28");
    expect(today(new Date("2026-12-31T20:00:00Z"))).toBe("2027-01-01");
  });
});
