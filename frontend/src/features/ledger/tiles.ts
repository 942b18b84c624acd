/** Addresses of a log's tiles, as C2SP tlog-tiles names them. */
const WIDTH = 256;

/** A tile's number in groups of three digits, all but the last marked by x: 1234067 is "x001/x234/067". */
function numbered(tile: number): string {
  const digits = String(tile);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/\d{3}/g) ?? [];
  return groups.map((group, position) => (position < groups.length - 1 ? `x${group}` : group)).join("/");
}

/** The last tile of a log of `size` is partial: ".p/" and its width. */
function partial(tile: number, size: number): string {
  const width = Math.min(WIDTH, size - tile * WIDTH);
  return width < WIDTH ? `.p/${width}` : "";
}

/** The tile of leaf hashes that leaf `index` is in, in a log of `size` leaves. */
export function tilePath(index: number, size: number): string {
  const tile = Math.floor(index / WIDTH);
  return `tile/0/${numbered(tile)}${partial(tile, size)}`;
}

/** The bundle of entries that entry `index` is in. */
export function entriesPath(index: number, size: number): string {
  const tile = Math.floor(index / WIDTH);
  return `tile/entries/${numbered(tile)}${partial(tile, size)}`;
}
