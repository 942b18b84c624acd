import { defineMessages } from "../i18n/messages";

/** Words of the shared components. */
export const words = defineMessages({
  product: ["供应链 ABS", "Supply-chain ABS"],
  retry: ["重试", "Try again"],
  home: ["回到首页", "Back to home"],
  more: ["加载更多", "Load more"],
  loadingMore: ["正在加载…", "Loading…"],
  loading: ["正在加载", "Loading"],
  end: ["已全部显示", "That is all"],
  copy: ["复制", "Copy"],
  copied: ["已复制", "Copied"],
  copyWhat: ["复制{what}", "Copy {what}"],
  copyValue: ["全文", "full text"],
  none: ["—", "—"],
  columns: ["显示的列", "Columns"],
  clear: ["清除筛选", "Clear filters"],
  search: ["搜索", "Search"],
  all: ["全部", "All"],
  keys: ["j / k 上下移动，回车打开", "j / k to move, Enter to open"],
  cancel: ["取消", "Cancel"],
  fieldProblem: ["{field}：{detail}", "{field}: {detail}"],
  typedIn: ["由 {by} 手工录入", "Typed in by {by}"],
});
