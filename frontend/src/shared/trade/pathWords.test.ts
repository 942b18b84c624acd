import { expect, it } from "vitest";

import { pathInWords } from "./pathWords";

it("says a field's path in both languages", () => {
  expect(pathInWords("/totals/lines", "zh")).toBe("合计 · 明细合计");
  expect(pathInWords("/lines/0/amount", "en")).toBe("Lines · no. 1 · Amount");
  expect(pathInWords("/document/sm3", "zh")).toBe("文件 · SM3 摘要");
});

it("leaves what it does not know as it is", () => {
  expect(pathInWords("/custom/a~1b~0c", "en")).toBe("custom · a/b~c");
  expect(pathInWords("/constructor", "en")).toBe("constructor");
  expect(pathInWords("/", "en")).toBe("");
});
