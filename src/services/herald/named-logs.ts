// The logs in a folder of `log` or of `herald`: a folder for each election and one for the record of acts, and in it one for
// each manifest.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { logName } from '../../protocol/record/head-log.ts';

export type NamedLog = { readonly electionId: string; readonly hash: string };

/** Other entries are left out: the health report of `herald`, or the `lost+found` of a volume. */
export async function namedLogs(directory: string): Promise<NamedLog[]> {
  const names: NamedLog[] = [];
  for (const electionId of await foldersIn(directory)) {
    if (!logName.safeParse(electionId).success) continue;
    for (const hash of await foldersIn(join(directory, electionId))) names.push({ electionId, hash });
  }
  return names;
}

async function foldersIn(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    // `log` has not written anything yet.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
