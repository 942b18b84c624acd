import { describe, expect, it } from "vitest";

import { isSame, lineAmount, sum, totalsByParts } from "./sums";

describe("sums", () => {
  it("adds exactly what floating point does not", () => {
    expect(sum(["0.1", "0.2"])).toBe("0.30");
    expect(sum(["999999999999999.99", "0.01"])).toBe("1000000000000000.00");
    expect(sum(["-5", "2.50"])).toBe("-2.50");
  });

  it("says nothing of nothing, or of what is no figure", () => {
    expect(sum(["", " "])).toBeNull();
    expect(sum(["1", "x"])).toBeNull();
    expect(sum(["1,000"])).toBeNull();
  });

  it.each([
    ["3", "33.3333", "1", "", "", "100.00"],
    ["400", "88.5", "", "", "", "35400.00"],
    ["1", "10", "3", "", "", "3.33"],
    ["2", "5", "1", "1", "0.5", "9.50"],
    ["-1", "0.005", "1", "", "", "-0.01"],
  ])("makes a line of %s × %s per %s less %s plus %s: %s", (quantity, price, base, less, more, amount) => {
    expect(lineAmount(quantity, price, base, less, more)).toBe(amount);
  });

  it("makes no line of half of it", () => {
    expect(lineAmount("3", "")).toBeNull();
    expect(lineAmount("3", "1", "0")).toBeNull();
  });

  it("compares by value", () => {
    expect(isSame("100", "100.00")).toBe(true);
    expect(isSame("100.001", "100.00")).toBe(false);
    expect(isSame("", "")).toBe(true);
  });

  it("tells each total by the figures beside it", () => {
    const lines = [{ amount: "100", tax: "13" }, { amount: "50.5", tax: "6.57" }];
    const totals = { lines: "150.50", allowances: "10", tax_exclusive: "140.50", tax: "19.57", tax_inclusive: "160.07", prepaid: "60.07" };
    expect(totalsByParts({ lines, totals })).toEqual({ lines: "150.50", tax: "19.57", tax_exclusive: "140.50", tax_inclusive: "160.07", payable: "100.00" });
    expect(totalsByParts({ lines: [], totals: {} })).toEqual({});
  });
});
