import { describe, expect, it } from "vitest";

import { namedOtherwise, readStatement, type StatementLine } from "./statement";

const line = (item: string | null, ordered: string | null | undefined) =>
  ({ item, order_line: ordered === undefined ? null : { id: "1", item: ordered } }) as StatementLine;

describe("the item of a line and of its order line", () => {
  it("differ by name", () => {
    expect(namedOtherwise(line("Steel pipe", "Steel sheet"))).toBe(true);
    expect(namedOtherwise(line("钢管", "钢板"))).toBe(true);
  });

  it("are the same in another spelling, or not comparable", () => {
    expect(namedOtherwise(line("STEEL  pipe ", "steel pipe"))).toBe(false);
    expect(namedOtherwise(line("钢管 Ａ", "钢管 A"))).toBe(false);
    expect(namedOtherwise(line("Steel pipe", undefined))).toBe(false);
    expect(namedOtherwise(line("Steel pipe", null))).toBe(false);
    expect(namedOtherwise(line(null, "Steel pipe"))).toBe(false);
  });
});

it("reads only the format it knows", () => {
  expect(readStatement('{"format":"abs-confirmation-content/v1","trade":{}}')).not.toBeNull();
  expect(readStatement('{"format":"abs-confirmation-content/v2"}')).toBeNull();
  expect(readStatement("{")).toBeNull();
});
