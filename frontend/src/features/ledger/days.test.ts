import { expect, it } from "vitest";

import { startOfDay } from "./days";

it("turns a local day into the instant at which it begins", () => {
  expect(startOfDay("2026-11-26")).toBe(new Date(2026, 10, 26).toISOString());
  expect(startOfDay("2026-11-30", 1)).toBe(new Date(2026, 11, 1).toISOString());
});

it("takes nothing that is no day", () => {
  expect(startOfDay("")).toBe("");
  expect(startOfDay("yesterday")).toBe("");
});
