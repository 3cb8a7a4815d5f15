// Writes the contents of entries, after the results are published: for each bundle a file, which may be empty.
import { encodeOpenings } from '../../domain/record/bundle.ts';
import { openingPath, tileHashesMax } from '../../domain/record/tile.ts';
import type { Pool } from '../../store/database.ts';
import { entryOpenings } from '../../store/record/logs.ts';
import type { StoredLog } from '../../store/record/logs.ts';
import type { LogFolder } from './log-folder.ts';

/** Files are written in order, so the last one says that all are there. */
export async function writeOpenings(box: Pool, folder: LogFolder, { number, size }: StoredLog): Promise<void> {
  const bundles = Math.ceil(size / tileHashesMax);
  if (bundles === 0 || (await folder.files.read(openingPath(bundles - 1)))) return;
  for (let bundle = 0; bundle < bundles; bundle += 1) {
    const first = bundle * tileHashesMax;
    const openings = await entryOpenings(box, number, first, tileHashesMax);
    const own = openings.filter(({ place }) => place < first + tileHashesMax);
    const bytes = encodeOpenings(own.map(({ place, tracker, ballot }) => ({ index: place, tracker, text: ballot })));
    await folder.writeOnce(openingPath(bundle), bytes);
  }
}
