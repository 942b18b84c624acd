import { describe, expect, it } from "vitest";

import { CODES } from "./codes";
import { codeText } from "./LanguageProvider";
import { preferredLanguage } from "./language";
import { fill, type Messages } from "./messages";

const codeFiles = import.meta.glob<Record<string, object>>("./codes.*.ts", { eager: true });
const modules = import.meta.glob<Record<string, unknown>>(["../../**/*[mM]essages.ts", "../../**/*[wW]ords.ts"], { eager: true });

function isPair(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((text) => typeof text === "string");
}

function collect(): [where: string, pair: readonly [string, string]][] {
  const found: [string, readonly [string, string]][] = [];
  for (const [path, module] of Object.entries(modules)) {
    for (const table of Object.values(module)) {
      if (typeof table !== "object" || table === null) continue;
      for (const [key, pair] of Object.entries(table as Messages)) if (isPair(pair)) found.push([`${path}#${key}`, pair]);
    }
  }
  for (const [group, table] of Object.entries(CODES)) {
    for (const [code, pair] of Object.entries(table)) if (pair) found.push([`${group}.${code}`, pair]);
  }
  return found;
}

const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1]))].sort();

describe("words", () => {
  const all = collect();

  it("are found in every feature", () => {
    expect(all.length).toBeGreaterThan(500);
  });

  it("have both languages", () => {
    expect(all.filter(([, [zh, en]]) => !zh.trim() || !en.trim())).toEqual([]);
  });

  it("take the same parameters in both languages", () => {
    // English may use a number a second time for its plural; neither may use one that the other lacks.
    expect(all.filter(([, [zh, en]]) => names(en).join() !== names(zh).join())).toEqual([]);
  });

  it("have each group of codes in one file", () => {
    // Of two groups of one name, the later would take the earlier one's words away.
    const groups = Object.values(codeFiles).flatMap((file) => Object.values(file).flatMap((table) => Object.entries(table).flatMap(([name, value]) => (isPair(value) ? [] : [name]))));
    expect(groups.length).toBeGreaterThan(50);
    expect(groups.filter((name, index) => groups.indexOf(name) !== index)).toEqual([]);
  });

  it("keeps Chinese out of English", () => {
    const mixed = all.filter(([where, [, en]]) => /[\u4e00-\u9fff]/.test(en) && !where.includes("switchLanguage"));
    expect(mixed).toEqual([]);
  });
});

describe("fill", () => {
  it("fills names and chooses by number", () => {
    expect(fill("{count} {count|file|files}", { count: 1 })).toBe("1 file");
    expect(fill("{count} {count|file|files}", { count: 2 })).toBe("2 files");
  });

  it("leaves an unknown name visible", () => {
    expect(fill("Hello {name}")).toBe("Hello {name}");
  });
});

describe("codes", () => {
  it("fall back to the server's detail, then to the readable code", () => {
    const code = codeText("en");
    expect(code("error", "never_heard_of", {}, "The server's words")).toBe("The server's words");
    expect(code("rule", "some_new_rule")).toBe("some new rule");
  });

  it("prefer the server's words to a sentence with a gap", () => {
    expect(codeText("en")("error", "period_too_long", {}, "1 to 30 days")).toBe("1 to 30 days");
  });
});

describe("first visit", () => {
  it("follows the browser, Chinese where in doubt", () => {
    expect(preferredLanguage(["en-GB", "zh"])).toBe("en");
    expect(preferredLanguage(["zh-CN"])).toBe("zh");
    expect(preferredLanguage(["fr-FR"])).toBe("zh");
    expect(preferredLanguage([])).toBe("zh");
  });
});
