import { readFile } from "node:fs/promises";

import openapiTS, { astToString } from "openapi-typescript";
import { expect, it } from "vitest";

const here = (name: string) => new URL(name, import.meta.url);

it("schema.d.ts is what the published openapi.json says; else run `npm run schema`", async () => {
  const published = astToString(await openapiTS(here("../../openapi.json")));
  const kept = await readFile(here("./schema.d.ts"), "utf8");
  expect(kept.replace(/^\/\*\*[\s\S]*?\*\/\s*/, "").trim()).toBe(published.trim());
}, 60_000); // it derives the whole schema, on a machine that may be busy
