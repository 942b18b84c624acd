import { expect, it } from "vitest";

import { prettyXml } from "./prettyXml";

it("indents, keeps text on its element's line, and reads markup inside attributes as text", () => {
  expect(prettyXml(`\uFEFF<?xml version="1.0"?><a x="1>2"><b>text</b><c/><d><e></e></d><!-- note --></a>`)).toEqual([
    `<?xml version="1.0"?>`,
    `<a x="1>2">`,
    `  <b>text</b>`,
    `  <c/>`,
    `  <d>`,
    `    <e></e>`,
    `  </d>`,
    `  <!-- note -->`,
    `</a>`,
  ]);
});
