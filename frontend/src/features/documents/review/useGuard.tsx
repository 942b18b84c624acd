import { Button, Modal } from "antd";
import { useCallback, useEffect, useState } from "react";
import { useNavigate } from "react-router";

import { useText } from "../../../shared/i18n/LanguageProvider";
import { messages } from "./messages";

/** Asks before unsaved changes are left: by a key, by any link of the page, by closing it. `go` moves, or asks first. */
export function useGuard(dirty: boolean, discard: () => void) {
  const t = useText(messages);
  const navigate = useNavigate();
  const [wanted, want] = useState<string | null>(null);

  const go = useCallback(
    (to: string) => {
      if (dirty) want(to);
      else void navigate(to);
    },
    [dirty, navigate],
  );

  useEffect(() => {
    if (!dirty) return;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      if (!link || link.target || link.hasAttribute("download") || event.ctrlKey || event.metaKey || event.shiftKey || link.origin !== window.location.origin) return;
      if (link.getAttribute("href")?.startsWith("#")) return;
      event.preventDefault();
      event.stopPropagation();
      want(link.pathname + link.search);
    };
    window.addEventListener("beforeunload", onUnload);
    document.addEventListener("click", onClick, true);
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      document.removeEventListener("click", onClick, true);
    };
  }, [dirty]);

  const leave = () => {
    if (wanted === null) return;
    want(null);
    discard();
    void navigate(wanted);
  };
  const dialog = (
    <Modal
      open={wanted !== null}
      title={t("guardTitle")}
      onCancel={() => want(null)}
      footer={
        <span className="actions end">
          <Button danger onClick={leave} data-testid="guard-leave">
            {t("guardLeave")}
          </Button>
          <Button type="primary" autoFocus onClick={() => want(null)} data-testid="guard-stay">
            {t("guardStay")}
          </Button>
        </span>
      }
    >
      <p>{t("guardText")}</p>
    </Modal>
  );
  return { go, dialog };
}
