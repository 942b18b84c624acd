import { describe, expect, it } from "vitest";

import { EN16931, en16931Words } from "./en16931Words";
import { codeText } from "./LanguageProvider";

const PARAMS = { rule: "BR-AE-05", location: "Invoice/InvoiceLine[2]", profile: "EN 16931" };

const pad = (number: number) => String(number).padStart(2, "0");

/** Every name that the official rules use, by family. */
const RULES = [
  ...Object.keys(EN16931),
  ...["S", "Z", "E", "AE", "IC", "G", "O", "AF", "AG", "IG", "IP"].flatMap((category) => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((number) => `BR-${category}-${pad(number)}`)),
  ...["BR-IC-11", "BR-IC-12", "BR-O-11", "BR-O-12", "BR-O-13", "BR-O-14", "BR-B-01", "BR-B-02"],
  ...["BR-FXEXT-CO-10", "BR-FXEXT-S-08ini", "BR-FREXT-BR-08", "BR-66"],
  ...["UBL-SR-47", "UBL-CR-561", "UBL-DT-01", "CII-SR-003", "CII-DT-001", "FX-SCH-A-000166", "FACTUR-X", "ORDER-X", "PEPPOL-EN16931-R008"],
];

describe("rules of EN 16931", () => {
  it.each(RULES)("%s has a sentence in both languages that names it", (rule) => {
    const pair = en16931Words(rule);
    expect(pair).toBeDefined();
    for (const language of ["zh", "en"] as const) {
      const text = codeText(language)("remark", rule, { ...PARAMS, rule }, "fallback");
      expect(text).toContain(rule);
      expect(text).not.toMatch(/[{}]/);
    }
    expect(pair?.[0]).toMatch(/[\u4e00-\u9fff]/);
    expect(pair?.[1]).not.toMatch(/[\u4e00-\u9fff]/);
  });

  it("say what is wrong in words of the trade", () => {
    expect(codeText("en")("remark", "BR-CO-16", { rule: "BR-CO-16" })).toBe(
      "The amount due must be the total with tax less what is paid, plus rounding; the document says otherwise (BR-CO-16)",
    );
    expect(codeText("zh")("remark", "BR-AE-05", { rule: "BR-AE-05" })).toBe("税种类别“反向征收”：行的税率不符合该类别的要求（BR-AE-05）");
  });

  it("leave other codes to their own words", () => {
    expect(en16931Words("line_arithmetic")).toBeUndefined();
    expect(codeText("en")("remark", "pdf_encrypted")).toContain("password");
    expect(codeText("en")("attention", "BR-16", { rule: "BR-16" })).toBe("An invoice needs at least one line (BR-16)");
    expect(codeText("en")("remark", "never_heard_of", {}, "The server's words")).toBe("The server's words");
  });
});
