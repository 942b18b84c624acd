import { describe, expect, it } from "vitest";

import type { ImportKind, ImportRow } from "../../api/types";
import { errorsAt, nextWrong, replaced, ROW_HEAD } from "./cells";
import { codeText } from "../../shared/i18n/LanguageProvider";
import { labelOf, sheetColumns } from "./columns";
import { bodyOf, draftOf, fieldOf, missingOf, withDefault, withField, withUnit, type Draft } from "./draft";
import { guessKind } from "./kinds";
import { isBusy, shareOf, stageIndex, STAGES, toneOf } from "./stages";
import { drawn, pagesOf, scrolledTo, windowOf } from "./windowing";

const NOTHING: Draft = { columns: {}, defaults: {}, dateOrder: "ymd", decimalMark: ".", units: {} };
const field = (name: string, required: boolean) => ({ name, type: "text" as const, header: true, required, constant: false, money: false });
const KIND = { kind: "invoice", fields: [field("number", true), field("currency", true), field("buyer_name", false)], either: [["buyer_name", "buyer_id"]] } as ImportKind;

function row(number: number, wrong: (number | null)[]): ImportRow {
  return { number, cells: ["a", "b", "c"], read: {}, corrected: {}, ignored: false, errors: wrong.map((column) => ({ column, field: "", code: "missing", params: {} })) };
}

describe("kinds by file name", () => {
  it.each([
    ["销售发票列表.xlsx", "invoice"],
    ["采购订单_2026.csv", "order"],
    ["采购入库单.xlsx", "receipt_advice"],
    ["销售出库单.xlsx", "despatch_advice"],
    ["收款单列表.xls", "remittance_advice"],
    ["MB51 export.XLSX", "receipt_advice"],
    ["PO-2026.csv", "order"],
  ])("%s is %s", (name, kind) => expect(guessKind(name)).toBe(kind));

  it("leaves the choice to a person otherwise", () => {
    expect(guessKind("Book1.xlsx")).toBeNull();
    expect(guessKind("reports.csv")).toBeNull();
  });
});

describe("mapping", () => {
  it("gives a column one field and a field one column", () => {
    const first = withField(withField(NOTHING, 0, "number"), 1, "buyer_name");
    const moved = withField(first, 2, "number");
    expect(moved.columns).toEqual({ number: 2, buyer_name: 1 });
    expect(fieldOf(moved, 0)).toBe("");
    expect(withField(moved, 1, "currency").columns).toEqual({ number: 2, currency: 1 });
    expect(withField(moved, 1, "").columns).toEqual({ number: 2 });
  });

  it("names what is missing, one of each set being enough", () => {
    expect(missingOf(NOTHING, KIND)).toEqual([["number"], ["currency"], ["buyer_name", "buyer_id"]]);
    const given = withDefault(withField(withField(NOTHING, 0, "number"), 1, "buyer_id"), "currency", "CNY");
    expect(missingOf(given, KIND)).toEqual([]);
    expect(missingOf({ ...given, dateOrder: "" }, KIND)).toEqual([["date_order"]]);
    expect(missingOf(withDefault(given, "currency", " "), KIND)).toEqual([["currency"]]);
  });

  it("sends no value for what has a column, and no empty one", () => {
    const draft = withField(withDefault(withDefault(NOTHING, "currency", "CNY"), "unit", " PCE "), 3, "currency");
    expect(bodyOf(draft)).toEqual({ columns: { currency: 3 }, defaults: { unit: "PCE" }, date_order: "ymd", decimal_mark: ".", units: {} });
    expect(draftOf({ mapping: null })).toEqual(NOTHING);
  });
});

describe("units of amounts", () => {
  const mapped = withField(NOTHING, 2, "amount", "10000");

  it("are the column's that holds the field, and its own where a person says so", () => {
    expect(mapped.units).toEqual({ amount: "10000" });
    expect(withField(mapped, 3, "amount").units).toEqual({});
    expect(withField(mapped, 2, "note").units).toEqual({});
    expect(bodyOf(withUnit(mapped, "amount", "1")).units).toEqual({ amount: "1" });
  });

  it("are asked for where the headers leave them open", () => {
    const open = withField(mapped, 3, "tax", "");
    expect(missingOf(open, { ...KIND, fields: [], either: [] })).toEqual([["money_unit"]]);
    expect(bodyOf(open).units).toEqual({ amount: "10000" });
  });

  it("are shown in the preview where they are not one", () => {
    const column = (index: number, field: string) => ({ index, header: "", samples: [], field, unit: null });
    const shown = sheetColumns([column(0, "price"), column(1, "amount")], KIND, false, { price: "1", amount: "10000" });
    expect(shown.map((each) => labelOf(each, codeText("zh")))).toEqual(["单价（不含税）", "金额（不含税） · 万元"]);
    expect(shown.map((each) => labelOf(each, codeText("en")))).toEqual(["Price before tax", "Amount before tax · ten thousands"]);
  });
});

describe("wrong cells", () => {
  it("are gone through from left to right as shown, the row as a whole first", () => {
    const wrong = row(5, [2, null, 0]);
    const shown = [1, 2, 0];
    expect(nextWrong(wrong, shown, null)).toBe(ROW_HEAD);
    expect(nextWrong(wrong, shown, ROW_HEAD)).toBe(2);
    expect(nextWrong(wrong, shown, 2)).toBe(0);
    expect(nextWrong(wrong, shown, 0)).toBeNull();
    expect(errorsAt(wrong, ROW_HEAD)).toHaveLength(1);
    expect(errorsAt(wrong, 1)).toEqual([]);
  });

  it("are replaced by their number, and nothing changes where none is meant", () => {
    const rows = [row(1, [0]), row(2, [])];
    expect(replaced(rows, new Map([[9, row(9, [])]]))).toBe(rows);
    expect(replaced(rows, new Map([[1, row(1, [])]]))[0]?.errors).toEqual([]);
  });
});

describe("windows on a long list", () => {
  it("draw a screen of rows however many there are", () => {
    expect(windowOf(0, 600, 36, 100_000)).toEqual({ from: 0, to: 25 });
    expect(windowOf(36 * 50_000, 600, 36, 100_000)).toEqual({ from: 49_992, to: 50_025 });
    expect(windowOf(36 * 100_000, 600, 36, 100_000)).toEqual({ from: 99_992, to: 100_000 });
    expect(windowOf(900, 600, 36, 3)).toEqual({ from: 0, to: 3 });
    expect(windowOf(0, 600, 36, 0)).toEqual({ from: 0, to: 0 });
  });

  it("scroll no further than needed", () => {
    expect(scrolledTo(5, 0, 360, 36)).toBe(0);
    expect(scrolledTo(10, 0, 360, 36)).toBe(36);
    expect(scrolledTo(2, 360, 360, 36)).toBe(72);
  });

  it("ask for the pages that they touch", () => {
    expect(pagesOf({ from: 95, to: 130 }, 100)).toEqual([0, 1]);
    expect(pagesOf({ from: 100, to: 200 }, 100)).toEqual([1]);
    expect(pagesOf({ from: 0, to: 0 }, 100)).toEqual([]);
  });

  it("keep the focused row, which would lose the focus otherwise", () => {
    expect(drawn({ from: 10, to: 12 }, 3)).toEqual([3, 10, 11]);
    expect(drawn({ from: 10, to: 12 }, 40)).toEqual([10, 11, 40]);
    expect(drawn({ from: 10, to: 12 }, 11)).toEqual([10, 11]);
    expect(drawn({ from: 10, to: 12 }, null)).toEqual([10, 11]);
  });
});

describe("stages", () => {
  const counts = { rows: 1, wrong: 0, documents: 1, imported: 0 };
  it("go from upload to done", () => {
    expect((["reading", "mapping", "ready", "importing", "imported"] as const).map(stageIndex)).toEqual([0, 1, 2, 3, STAGES.length]);
    expect(isBusy("undoing")).toBe(true);
    expect(isBusy("ready")).toBe(false);
    expect(toneOf({ state: "failed", counts })).toBe("refused");
  });

  it("tell no share before the work is counted", () => {
    expect(shareOf({ progress: null })).toBeNull();
    expect(shareOf({ progress: { done: 0, total: 0 } })).toBeNull();
    expect(shareOf({ progress: { done: 50, total: 200 } })).toBe(0.25);
  });
});
