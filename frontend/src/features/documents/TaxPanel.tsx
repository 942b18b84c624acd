import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";

import { api, data } from "../../api/client";
import type { DocumentDetail } from "../../api/types";
import { useCodes, useText } from "../../shared/i18n/LanguageProvider";
import { Facts } from "../../shared/ui/Facts";
import { Money, Time } from "../../shared/ui/figures";
import { Section } from "../../shared/ui/Page";
import { InlineFailure } from "../../shared/ui/states";
import { TaxTag } from "../../shared/ui/TaxTag";
import { messages } from "./taxMessages";

type Tax = NonNullable<DocumentDetail["tax"]>;

/** Where the invoice stands with the tax office, what it said before, and the question asked anew. */
export function TaxPanel({ row }: { row: DocumentDetail }) {
  const t = useText(messages);
  const code = useCodes();
  if (!row.tax) return null;
  const { tax } = row;
  return (
    <Section
      title={t("title")}
      testId="tax-panel"
      action={
        <span className="tags">
          <TaxTag status={row.tax_status} />
          {row.allowed_actions.includes("verify_tax") && <VerifyNow id={row.id} />}
        </span>
      }
    >
      <p>{code("taxMeaning", row.tax_status ?? "not_verified")}</p>
      {tax.failing_since && (
        <p className="muted" data-testid="tax-failing">
          {t("failing")}
        </p>
      )}
      <Facts
        facts={[
          [t("checked"), row.tax_checked_at && <Time value={row.tax_checked_at} />],
          [t("next"), tax.next_check_at && <Time value={tax.next_check_at} />],
          [t("provider"), tax.provider && code("taxProvider", tax.provider, {}, tax.provider)],
          [t("redAmount"), tax.red_amount && <Money value={tax.red_amount} currency={row.currency} />],
          [t("redNumbers"), tax.red_numbers.join("、")],
        ]}
      />
      {tax.history.length > 0 && <History changes={tax.history} currency={row.currency} />}
    </Section>
  );
}

function History({ changes, currency }: { changes: Tax["history"]; currency: string }) {
  const t = useText(messages);
  const code = useCodes();
  return (
    <>
      <h3>{t("history")}</h3>
      <ol className="stack-tight" data-testid="tax-history">
        {[...changes].reverse().map((change) => (
          <li key={change.at}>
            <Time value={change.at} seconds /> {code("taxStatus", change.before)} → <strong>{code("taxStatus", change.status)}</strong>
            {change.red_amount && (
              <>
                {" "}
                <Money value={change.red_amount} currency={currency} />
              </>
            )}
            {change.said.message && <span className="muted"> “{change.said.message}”</span>}
          </li>
        ))}
      </ol>
    </>
  );
}

function VerifyNow({ id }: { id: string }) {
  const t = useText(messages);
  const client = useQueryClient();
  const { message } = App.useApp();
  const ask = useMutation({
    mutationFn: () => data(api.POST("/api/v1/documents/{id}/tax-check", { params: { path: { id } } })),
    onSuccess: async () => {
      void message.success(t("asked"));
      await client.invalidateQueries();
    },
  });
  return (
    <>
      <Button size="small" loading={ask.isPending} onClick={() => ask.mutate()} data-testid="verify-tax">
        {t("verify")}
      </Button>
      <InlineFailure error={ask.error} />
    </>
  );
}
