// The names of tiles and bundles (C2SP tlog-tiles).

/** Hashes of a full tile, and entries of a full bundle. */
export const tileWidth = 256;

/** A number in groups of three digits, all but the last after an x: 1234067 is x001/x234/067. */
export function tileNumber(index: number): string {
  const last = String(index % 1000).padStart(3, '0');
  const rest = Math.floor(index / 1000);
  return rest === 0 ? last : `${groups(rest)}/${last}`;
}

const groups = (index: number): string => {
  const last = `x${String(index % 1000).padStart(3, '0')}`;
  const rest = Math.floor(index / 1000);
  return rest === 0 ? last : `${groups(rest)}/${last}`;
};

/** Path of a tile or bundle below `folder`, of so many hashes or entries. */
export const tilePath = (folder: string, index: number, width: number): string =>
  `${folder}/${tileNumber(index)}${width === tileWidth ? '' : `.p/${width}`}`;

/** How many hashes or entries the tile at an index has where its level has `count` of them. */
export const widthAt = (index: number, count: number): number => Math.min(tileWidth, count - index * tileWidth);
