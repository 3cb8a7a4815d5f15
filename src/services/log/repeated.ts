// Writes the entries of repeated ballots, when the box is closed: from then on there are no more. Without such ballots there is
// no file, and also where one has no entry, because an earlier release deposited it.
import { encodeRepeated, repeatedPath } from '../../domain/record/repeated-entries.ts';
import type { Pool } from '../../store/database.ts';
import type { StoredLog } from '../../store/record/logs.ts';
import { readRepeated } from '../../store/record/repeated-ballots.ts';
import type { LogFolder } from './log-folder.ts';

export async function writeRepeated(box: Pool, folder: LogFolder, { electionId }: StoredLog): Promise<void> {
  const { count, entries } = await readRepeated(box, electionId);
  if (count > 0 && entries !== null) await folder.writeOnce(repeatedPath, encodeRepeated(entries));
}
