import { describe, expect, it } from "vitest";

import type { ToldPayment } from "../../api/types";
import { alikeOf } from "./alike";

const TOLD: ToldPayment = {
  id: "1", right: "r", amount: "48060.00", currency: "CNY", received_on: "2026-05-04", reference: "T-1", is_another: false,
  told_by: "supplier", recorded_by: "", at: "2026-05-04T08:00:00Z", withdrawn_at: null, allowed_actions: [],
};
const TYPED = { amount: "48060", day: "2026-05-06", reference: "C-7" };

describe("a payment that another side told of", () => {
  it("is alike by amount within three days, under another reference", () => {
    expect(alikeOf([TOLD], TYPED)).toBe(TOLD);
    expect(alikeOf([TOLD], { ...TYPED, day: "2026-05-08" })).toBeUndefined();
    expect(alikeOf([TOLD], { ...TYPED, amount: "48060.01" })).toBeUndefined();
  });
  it("is not asked about where it is the same by its reference, one's own, taken back or another already", () => {
    expect(alikeOf([TOLD], { ...TYPED, reference: " t-1" })).toBeUndefined();
    expect(alikeOf([{ ...TOLD, allowed_actions: ["withdraw"] }], TYPED)).toBeUndefined();
    expect(alikeOf([{ ...TOLD, withdrawn_at: "2026-05-05T08:00:00Z" }], TYPED)).toBeUndefined();
    expect(alikeOf([{ ...TOLD, is_another: true }], TYPED)).toBeUndefined();
  });
});
