import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";

import type { RightDetail } from "../../api/types";
import { Head } from "./Head";

const RIGHT = {
  state: "free",
  is_paid: false,
  supported: "904.00",
  base: "1130.00",
  currency: "CNY",
  rate: "0.8",
  poolable: true,
  poolable_reasons: [],
  missing: [],
  next_step: null,
  due: null,
  days_earlier: null,
  financeable_since: null,
  payment_confirmed_at: null,
  eligibility: { ruleset: "abs-eligibility/v2", eligible: true, rules: [] },
} as unknown as RightDetail;

function shown(more: Partial<RightDetail>): string {
  return renderToStaticMarkup(createElement(Head, { right: { ...RIGHT, ...more }, onOpen: () => undefined }));
}

function eligibility(eligible: boolean | null, rule: string, outcome: string) {
  return { ruleset: "abs-eligibility/v2", eligible, rules: [{ rule, outcome, reason: "", remedy: "" }] } as RightDetail["eligibility"];
}

describe("the head of a right's page", () => {
  it("says that a right could enter a pool only where eligibility says so too", () => {
    expect(shown({})).toContain("可入池");
    const pledged = shown({ state: "encumbered", eligibility: eligibility(false, "unencumbered", "fail") });
    expect(pledged).toContain("还不能入池，合格标准不符合：未质押转让");
    expect(pledged).toContain('href="#eligibility"');
    const unsearched = shown({ eligibility: eligibility(null, "not_registered_elsewhere", "unknown") });
    expect(unsearched).toContain("能否入池尚无法判断");
    expect(unsearched).not.toContain("：可入池");
  });

  it("tells a right that is paid to be paid, and asks for nothing", () => {
    const paid = shown({ is_paid: true, supported: "0.00", base: "0.00" });
    expect(paid).toContain("已付清，不再需要什么");
    expect(paid).not.toContain("未融资");
  });
});
