import type { Right } from "../../api/types";
import { useCodes } from "../i18n/LanguageProvider";
import { StatusTag } from "../ui/StatusTag";

type State = Pick<Right, "state" | "is_paid">;

/** A right's state as its code in words: one that is free, and paid, is told to be paid. */
export function stateShown(right: State): string {
  return right.state === "free" && right.is_paid ? "paid" : right.state;
}

export function RightStateTag({ right }: { right: State }) {
  const code = useCodes();
  const shown = stateShown(right);
  const tone = shown === "free" ? "idle" : shown === "encumbered" ? "running" : "done";
  return <StatusTag tone={tone}>{code("rightState", shown)}</StatusTag>;
}
