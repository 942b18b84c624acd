/** Which rows of a long list to draw: those in sight and some around them, so that the page stays as small as a screen. */

export interface Range {
  from: number;
  /** The first one that is not drawn. */
  to: number;
}

/** `spare`: rows drawn beyond either edge. */
export function windowOf(scrollTop: number, viewport: number, rowHeight: number, count: number, spare = 8): Range {
  const first = Math.floor(scrollTop / rowHeight);
  const last = Math.ceil((scrollTop + viewport) / rowHeight);
  const from = Math.max(0, Math.min(count, first) - spare);
  return { from, to: Math.max(from, Math.min(count, last + spare)) };
}

/** Where to scroll so that row `index` is in sight; `scrollTop` itself when it is. */
export function scrolledTo(index: number, scrollTop: number, viewport: number, rowHeight: number): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  const bottom = top + rowHeight;
  return bottom > scrollTop + viewport ? bottom - viewport : scrollTop;
}

/** Pages of `size` rows that the range touches; the first is 0. */
export function pagesOf(range: Range, size: number): number[] {
  if (range.to <= range.from) return [];
  const first = Math.floor(range.from / size);
  const last = Math.floor((range.to - 1) / size);
  return Array.from({ length: last - first + 1 }, (_, position) => first + position);
}

/** The indexes to draw in order: the range, and the row that has the focus wherever it is. */
export function drawn(range: Range, focused: number | null): number[] {
  const indexes = Array.from({ length: range.to - range.from }, (_, position) => range.from + position);
  if (focused === null || (focused >= range.from && focused < range.to)) return indexes;
  return focused < range.from ? [focused, ...indexes] : [...indexes, focused];
}
