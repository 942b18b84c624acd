import { expect, it } from "vitest";

import { amountAndDate, groupsOf, matching } from "./disclosure";

const FIELDS = [
  { path: "/document/sm3", value: "ab" },
  { path: "/number", value: "I-1" },
  { path: "/seller/name", value: "岚岳" },
  { path: "/seller/company_id", value: "91" },
  { path: "/notes/0", value: "paid late" },
  { path: "/totals/payable", value: "1130.00" },
  { path: "/lines/0/price", value: "10.00" },
  { path: "/lines/10/price", value: "12.00" },
  { path: "/lines/10/item_name", value: "Bolt" },
];

it("groups fields by what they belong to, in the document's order", () => {
  const groups = groupsOf(FIELDS, "zh");
  expect(groups.map((group) => [group.key, group.title, group.fields.length])).toEqual([
    ["", "", 3],
    ["/seller", "卖方", 2],
    ["/totals", "合计", 1],
    ["/lines/0", "明细 · 第 1 项", 1],
    ["/lines/10", "明细 · 第 11 项", 2],
  ]);
  expect(groups[0]?.fields.map((field) => field.label)).toEqual(["文件 · SM3 摘要", "编号", "备注 · 第 1 项"]);
  expect(groupsOf(FIELDS, "en")[4]?.fields.map((field) => field.label)).toEqual(["Price", "Item"]);
});

it("loses no field and names none twice", () => {
  const paths = groupsOf(FIELDS, "en").flatMap((group) => group.fields.map((field) => field.path));
  expect([...paths].sort()).toEqual(FIELDS.map((field) => field.path).sort());
});

it("finds fields by words, value, path and group", () => {
  const groups = groupsOf(FIELDS, "en");
  const found = (search: string) => matching(groups, search).flatMap((group) => group.fields.map((field) => field.path));
  expect(found("")).toHaveLength(FIELDS.length);
  expect(found(" PRICE ")).toEqual(["/lines/0/price", "/lines/10/price"]);
  expect(found("bolt")).toEqual(["/lines/10/item_name"]);
  expect(found("seller")).toEqual(["/seller/name", "/seller/company_id"]);
  expect(found("/totals")).toEqual(["/totals/payable"]);
  expect(found("nothing")).toEqual([]);
});

it("picks amount and date where they are", () => {
  expect(amountAndDate(FIELDS)).toEqual(["/number", "/totals/payable"]);
  expect(amountAndDate([])).toEqual([]);
});
