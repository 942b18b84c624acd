import { expect, it } from "vitest";

import { parseIdentifiers } from "./identifiers";

it("reads one identifier a line and names the first wrong line", () => {
  expect(parseIdentifiers("company_id 91310000X\n\n name  Some Company Ltd ")).toEqual({
    rows: [
      { scheme: "company_id", value: "91310000X" },
      { scheme: "name", value: "Some Company Ltd" },
    ],
    wrongLine: null,
  });
  expect(parseIdentifiers("endpoint 0088:1\nlonely").wrongLine).toBe(2);
});
