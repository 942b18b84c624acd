import { useEffect, useRef, useState, type ReactNode } from "react";
import { Link } from "react-router";

export interface Column<T> {
  key: string;
  title: string;
  render: (row: T) => ReactNode;
  align?: "right";
  /** Only on wide screens; on a phone the card leaves it out. */
  wide?: boolean;
  /** Holds buttons: a card shows them without the column's label. */
  action?: boolean;
  /** Long prose: may break over lines on wide screens too. */
  wrap?: boolean;
  /** The row's heading and, with `href`, its link. */
  head?: boolean;
}

interface DataTableProps<T> {
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  href?: (row: T) => string;
  testId?: string;
  rowClass?: (row: T) => string | undefined;
}

/** A scrolling frame must be reachable by keyboard; one that does not scroll must be no stop. */
function useOverflow() {
  const frame = useRef<HTMLDivElement>(null);
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setOverflows(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { frame, overflows };
}

/** A dense table; where it has less than 640 px each row becomes a card with its labels. The whole row follows its heading's link. */
export function DataTable<T>({ caption, columns, rows, rowKey, href, testId, rowClass }: DataTableProps<T>) {
  const { frame, overflows } = useOverflow();
  return (
    <div ref={frame} className="table-frame" {...(overflows && { tabIndex: 0, role: "region", "aria-label": caption })}>
      <table className="table" role="table">
        <caption className="sr-only">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.key} role="columnheader" scope="col" className={cellClass(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row" data-testid={testId} data-id={rowKey(row)} className={`${href ? "linked" : ""} ${rowClass?.(row) ?? ""}`}>
              {columns.map((column) => {
                const content = column.render(row);
                return (
                  <td key={column.key} role="cell" data-label={column.title} className={cellClass(column)}>
                    {column.head && href ? (
                      <Link to={href(row)} className="row-link" data-row-link>
                        {content}
                      </Link>
                    ) : (
                      content
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cellClass<T>(column: Column<T>): string {
  return [column.align === "right" ? "right" : "", column.wide ? "wide-only" : "", column.head ? "cell-head" : "", column.wrap ? "wrap" : "", column.action ? "cell-action" : ""].filter(Boolean).join(" ");
}
