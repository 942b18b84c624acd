import { describe, expect, it } from "vitest";

import type { DocumentDetail } from "../../../api/types";
import { bodyOf, draftOf, isChanged, withField, withLine, withoutLines } from "./draft";

const row = {
  fields: { kind: "invoice", number: "I-1", issue_date: "2026-03-02", due_date: null, despatch_numbers: ["D-1", "D-2"], seller: { name: "甲", company_id: "9133", endpoint_id: "e" }, totals: { payable: "113.00", tax_basis: "100" } },
  lines: [{ id: "1", item_name: "bolt", quantity: "10", order_line_id: "7", note: null }],
} as unknown as DocumentDetail;

describe("a draft", () => {
  it("holds what the document says and gives it back unchanged", () => {
    const draft = draftOf(row);
    expect(isChanged(draft, row)).toBe(false);
    expect(bodyOf(draft)).toMatchObject({
      fields: { kind: "invoice", number: "I-1", due_date: null, despatch_numbers: ["D-1", "D-2"], seller: { name: "甲", endpoint_id: "e" }, totals: { payable: "113.00" } },
      lines: [{ id: "1", item_name: "bolt", quantity: "10", order_line_id: "7" }],
    });
  });

  it("takes a value at any path", () => {
    let draft = draftOf(row);
    for (const [path, value] of [["number", "I-2"], ["buyer.name", "乙"], ["totals.payable", "114"], ["lines.0.quantity", "11"], ["receipt_numbers", "G-1，G-2"]] as const) draft = withField(draft, path, value);
    expect(isChanged(draft, row)).toBe(true);
    expect(bodyOf(draft)).toMatchObject({ fields: { number: "I-2", buyer: { name: "乙" }, totals: { payable: "114" }, receipt_numbers: ["G-1", "G-2"] }, lines: [{ quantity: "11", order_line_id: "7" }] });
  });

  it("adds lines under the next number and takes several away", () => {
    const draft = withLine(withLine(draftOf(row)));
    expect(draft.lines.map((line) => line.stated.id)).toEqual(["1", "2", "3"]);
    expect(withoutLines(draft, new Set([0, 2])).lines.map((line) => line.stated.id)).toEqual(["2"]);
  });

  it("counts an emptied field as nothing stated", () => {
    expect(bodyOf(withField(draftOf(row), "due_date", " ")).fields).toMatchObject({ due_date: null });
    expect(isChanged(withField(draftOf(row), "due_date", ""), row)).toBe(false);
  });
});
