import { useCodes } from "../i18n/LanguageProvider";
import { StatusTag, type Tone } from "./StatusTag";

export type TaxStatusCode = "not_verified" | "verified" | "duplicate" | "voided" | "lost_control" | "red_letter" | "abnormal";

const TONES: Record<TaxStatusCode, Tone> = {
  not_verified: "idle",
  verified: "done",
  duplicate: "attention",
  voided: "refused",
  lost_control: "refused",
  red_letter: "refused",
  abnormal: "refused",
};

/** What the tax office says of an invoice; nothing where it cannot know of it. */
export function TaxTag({ status }: { status: TaxStatusCode | null }) {
  const code = useCodes();
  if (!status) return null;
  return (
    <StatusTag tone={TONES[status]} testId="tax-status">
      {code("taxStatus", status)}
    </StatusTag>
  );
}
