import { Button } from "antd";

import { useText } from "../i18n/LanguageProvider";
import { words } from "./words";

interface Paged {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

export function ListFooter({ list, count }: { list: Paged; count: number }) {
  const t = useText(words);
  if (!list.hasNextPage) return count > 20 ? <p className="meta center">{t("end")}</p> : null;
  return (
    <div className="center">
      <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
        {list.isFetchingNextPage ? t("loadingMore") : t("more")}
      </Button>
    </div>
  );
}
