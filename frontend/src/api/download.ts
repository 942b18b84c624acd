/** Files that are fetched by script, so that a refusal can be shown in words instead of as a broken download. */
import { ProblemError, toProblem } from "./problem";

/** The file at `url`. Throws ProblemError. */
export async function fetchFile(url: string): Promise<Blob> {
  const response = await fetch(url, { credentials: "same-origin" }).catch(() => {
    throw new ProblemError(0, { code: "network" });
  });
  if (!response.ok) throw toProblem(response.status, await response.text());
  return response.blob();
}

/** Hands the reader a file to keep. */
export function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may still be reading
}
