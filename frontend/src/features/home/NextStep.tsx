import ArrowRightOutlined from "@ant-design/icons/ArrowRightOutlined";
import { Link } from "react-router";

import type { Home } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { ToneIcon } from "../../shared/ui/StatusTag";
import { messages } from "./messages";

/** One thing to do now; a code inside the parameters (what is missing) is put into words first. */
export function NextStep({ step }: { step: Home["next_step"] }) {
  const t = useText(messages);
  const code = useCodes();
  if (!step) {
    return (
      <section className="card next-step" data-testid="next-step" data-code="">
        <div>
          <h2>
            <ToneIcon tone="done" /> {t("clear")}
          </h2>
          <p className="muted">{t("clearText")}</p>
        </div>
      </section>
    );
  }
  const params = { ...step.params };
  if (typeof params.missing === "string") params.missing = code("missing", params.missing);
  return (
    <section className="card next-step next-step-open" data-testid="next-step" data-code={step.code}>
      <div>
        <h2 className="meta">{t("nextTitle")}</h2>
        <p className="next-step-text">{code("homeNext", step.code, params)}</p>
      </div>
      <Link to={step.link} className="primary-link" data-testid="next-step-link">
        {t("go")} <ArrowRightOutlined aria-hidden />
      </Link>
    </section>
  );
}
