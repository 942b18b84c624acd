import { describe, expect, it } from "vitest";

import { costOf, daysBetween } from "./cost";

const terms = { annual_rate: "0.0435", fee_rate: "0.002", day_count: "ACT/360" };

describe("what money costs", () => {
  it("is interest by actual days and the fee once, and both are paid back with the whole amount", () => {
    // 100,000 × 4.35 % × 90 ÷ 360 = 1,087.50; 0.2 % of 100,000 = 200
    expect(costOf("100000", terms, "2026-03-01", "2026-05-30")).toEqual({
      days: 90,
      interest: "1087.50",
      fee: "200.00",
      total: "1287.50",
      back: "101287.50",
    });
  });
  it("rounds half up to the cent and keeps large amounts exact", () => {
    expect(costOf("9007199254740993.01", { ...terms, annual_rate: "0", fee_rate: "0" }, "2026-01-01", "2027-01-01")?.back).toBe("9007199254740993.01");
    expect(costOf("1.00", { annual_rate: "0.365", fee_rate: "0.005", day_count: "ACT/365" }, "2026-01-01", "2026-01-02")).toMatchObject({ interest: "0.00", fee: "0.01" });
  });
  it("counts days as the terms say", () => {
    // ISDA 2006 4.16(f): the 31st counts as the 30th where the period begins on the 30th or 31st.
    expect(daysBetween("2007-01-15", "2007-01-30", "30/360")).toBe(15);
    expect(daysBetween("2007-09-30", "2008-03-31", "30/360")).toBe(180);
    expect(daysBetween("2007-09-30", "2007-10-31", "30/360")).toBe(30);
    expect(daysBetween("2007-01-31", "2007-02-28", "30/360")).toBe(28);
    expect(daysBetween("2027-02-28", "2027-03-01", "ACT/365")).toBe(1);
  });
  it("says nothing of what makes no sense", () => {
    expect(costOf("", terms, "2026-03-01", "2026-05-30")).toBeNull();
    expect(costOf("1.001", terms, "2026-03-01", "2026-05-30")).toBeNull();
    expect(costOf("1", terms, "2026-05-30", "2026-05-30")).toBeNull();
    expect(costOf("1", terms, "2026-05-30", "")).toBeNull();
  });
});
