import { describe, expect, it } from "vitest";

import { lastOf, monthAfter, weeksOf } from "./month";

describe("a month of the calendar", () => {
  it("begins its weeks on Monday and leaves out other months' days", () => {
    const weeks = weeksOf("2026-12");
    expect(weeks[0]).toEqual([null, "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04", "2026-12-05", "2026-12-06"]);
    expect(weeks.at(-1)).toEqual(["2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31", null, null, null]);
    expect(weeks.flat().filter(Boolean)).toHaveLength(31);
  });
  it("knows leap years and goes over the year's end both ways", () => {
    expect(lastOf("2028-02")).toBe("2028-02-29");
    expect(lastOf("2027-02")).toBe("2027-02-28");
    expect(monthAfter("2026-12", 1)).toBe("2027-01");
    expect(monthAfter("2026-01", -1)).toBe("2025-12");
  });
});
