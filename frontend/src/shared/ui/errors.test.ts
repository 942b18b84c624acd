import { describe as group, expect, it } from "vitest";

import { ProblemError, toProblem } from "../../api/problem";
import { codeText } from "../i18n/LanguageProvider";
import { describe } from "./errors";

const zh = codeText("zh");
const en = codeText("en");

group("problems in words", () => {
  it("speak by code, with parameters", () => {
    const problem = new ProblemError(422, { code: "period_too_long", detail: "raw", params: { days: 30 } });
    expect(describe(problem, en).what).toBe("The period must be 1 to 30 days, as was asked for");
    expect(describe(problem, zh).what).toBe("授权期限须在 1 到 30 天之间");
    expect(describe(problem, en).remedy).toBe("Shorten the period.");
  });

  it("write amounts as the pages do", () => {
    const problem = new ProblemError(422, { code: "amount_above_invoices", detail: "raw", params: { invoiced: "335836.0000", currency: "CNY" } });
    expect(describe(problem, zh).what).toBe("金额超过发票合计 335,836.00 CNY");
  });

  it("group every amount beside a currency, with the currency's own digits", () => {
    const above = new ProblemError(422, { code: "amount_above_request", detail: "raw", params: { most: "40846.2800", currency: "CNY" } });
    expect(describe(above, en).what).toBe("The supplier asked for 40,846.28 CNY only");
    expect(describe(above, zh).what).toBe("供应商只申请了 40,846.28 CNY");
    const yen = new ProblemError(409, { code: "payout_above_payable", detail: "raw", params: { payable: "1234567.0000", currency: "JPY" } });
    expect(describe(yen, en).what).toBe("The supplier is owed 1,234,567 JPY from this loan");
    const typed = new ProblemError(422, { code: "amount_typed_differs", detail: "raw", params: { amount: "904000.00", currency: "CNY" } });
    expect(describe(typed, en).remedy).toContain("904,000.00 CNY");
  });

  it("fall back to the server's detail and to what its status suggests", () => {
    const said = describe(new ProblemError(409, { code: "brand_new", detail: "It was sold meanwhile." }), en);
    expect(said.what).toBe("It was sold meanwhile.");
    expect(said.remedy).toBe("Reload to see where it stands now.");
  });

  it("never show a code alone", () => {
    for (const status of [0, 400, 401, 403, 404, 409, 413, 418, 422, 429, 500, 502, 503]) {
      const said = describe(new ProblemError(status, { code: "some_code" }), zh);
      expect(said.what).toMatch(/[\u4e00-\u9fff]/);
      expect(said.remedy).toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it("read a proxy's error page as a problem of its status", () => {
    const problem = toProblem(502, "<html>Bad gateway</html>");
    expect(problem.status).toBe(502);
    expect(describe(problem, en).what).toBe("The service is temporarily unavailable");
  });

  it("keep field errors", () => {
    const problem = toProblem(422, JSON.stringify({ code: "invalid_input", errors: [{ field: "days", code: "max_value", detail: "At most 366." }] }));
    expect(problem.fields).toEqual([{ field: "days", code: "max_value", detail: "At most 366." }]);
  });

  it("own up to what is no problem at all", () => {
    expect(describe(new TypeError("x is undefined"), en).what).toBe("Something failed on our side and was logged");
  });
});
