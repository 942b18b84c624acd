import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { AUDIT } from "./codes.audit";

const FINANCING = fileURLToPath(new URL("../../../../abs_platform/financing", import.meta.url));
const VERB = /"((?:programme|financing_request|offer|pledge|notice|loan|payment|payout)\.(?!json|typ)[a-z_]+)"/g;

/** Every verb that financing writes into the audit trail, as its source says. */
function verbs(): string[] {
  const sources = readdirSync(FINANCING, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".py") && !name.includes("migrations"));
  const found = sources.flatMap((name) => [...readFileSync(`${FINANCING}/${name}`, "utf8").matchAll(VERB)].map((match) => match[1] ?? ""));
  return [...new Set(found)].sort();
}

describe("words of the audit trail", () => {
  it("stand for every verb of financing, and for nothing else", () => {
    expect(Object.keys(AUDIT.auditVerb).sort()).toEqual(verbs());
  });
});
