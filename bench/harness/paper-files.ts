// Files of paper ballots, as an official sends them: the same one again until it is counted.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Batch } from '../../src/protocol/control/officials-api.ts';
import type { Person } from '../../test/support/control.ts';

/** Times that a confirmed file with missing rows is sent again: that must not happen at all. */
const incompleteMax = 2;

/** How often a file was sent again, how often because rows of a confirmed one were missing, and files without a count. */
export type Uploads = { sentAgain: number; incomplete: number; uncounted: number };
export type File = { readonly guids: readonly string[]; readonly text: string };

export function newFile(rows: number, cells: string): File {
  const guids = Array.from({ length: rows }, () => randomUUID());
  return { guids, text: guids.map((guid) => `${guid},${cells}\r\n`).join('') };
}

/** Sends a file until it is counted, or for too long. */
export async function countFile(
  official: Person,
  electionId: string,
  { text }: File,
  { uploads, msMax }: { readonly uploads: Uploads; readonly msMax: number },
): Promise<void> {
  const deadline = performance.now() + msMax;
  while (performance.now() < deadline && uploads.incomplete <= incompleteMax) {
    const upload = await official
      .call('officials', 'POST', `/v1/batches?electionId=${electionId}`, {
        raw: text,
        headers: { 'content-type': 'text/csv' },
      })
      .catch(() => null);
    if (upload?.status === 401) await official.logIn().catch(() => undefined);
    else if (upload && upload.status >= 400 && upload.status < 500) throw new Error(`Refused: ${upload.text}`);
    if (!upload || upload.status >= 300) await pause(500);
    else {
      const end = await endOf(official, (upload.body['batch'] as Batch).id, deadline);
      if (end === 'counted') return;
      if (end === 'incomplete') uploads.incomplete += 1;
    }
    uploads.sentAgain += 1;
  }
  uploads.uncounted += 1;
}

/** Waits until all rows of a file are counted, or some are missing, or for too long. */
async function endOf(official: Person, id: string, deadline: number): Promise<'counted' | 'incomplete' | 'late'> {
  for (;;) {
    if (performance.now() > deadline) return 'late';
    const answer = await official.call('officials', 'GET', `/v1/batches/${id}`).catch(() => null);
    if (answer?.status === 401) await official.logIn().catch(() => undefined);
    if (answer?.status === 404) return 'incomplete';
    const state = answer?.status === 200 ? (answer.body['batch'] as Batch).state : 'unread';
    if (state === 'done') return 'counted';
    if (state === 'incomplete') return 'incomplete';
    await pause(250);
  }
}
