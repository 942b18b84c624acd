import EditOutlined from "@ant-design/icons/EditOutlined";

import { useText } from "../i18n/LanguageProvider";
import { words } from "./words";

/** Says of a document that a person typed its fields in from a scan or a photograph. */
export function TypedIn({ by }: { by: string }) {
  const t = useText(words);
  return (
    <span className="tag tag-attention" data-testid="typed-in">
      <EditOutlined aria-hidden />
      <span>{t("typedIn", { by })}</span>
    </span>
  );
}
