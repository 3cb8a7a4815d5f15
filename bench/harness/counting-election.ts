// An election that counts, as production runs it: mixed by 50, its turnout counted once a minute, and all notices sent. The
// rehearsal of `popvote start` mixes every ballot by itself. Its texts come by webhooks (webhook.ts). It is loaded by the platform's own command, which every
// version has.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { BallotPaper } from './voter.ts';

/** K of production. */
export const minBatch = 50;
const electionId = 'bench';
const openHours = 12;
/** Longest wait until the election is public and open, in milliseconds. */
const publicMsMax = 20_000;

type Document = { readonly election: { readonly phase: string } & BallotPaper };

/** Loads an election with the ballot paper of the rehearsal, and returns it once it is public. */
export async function loadCountingElection(platform: {
  readonly command: string;
  readonly directory: string;
  readonly apiPort: number;
  readonly rehearsal: object;
}): Promise<BallotPaper> {
  const opensMs = Math.floor(Date.now() / 1_000) * 1_000;
  const definition = {
    ...platform.rehearsal,
    id: electionId,
    rehearsal: false,
    minBatch,
    graceSeconds: 120,
    channels: ['online'],
    verification: { methods: ['text-in'] },
    opensAt: new Date(opensMs).toISOString(),
    closesAt: new Date(opensMs + openHours * 3_600_000).toISOString(),
  };
  const file = join(platform.directory, 'bench-election.json');
  const load = async (election: object): Promise<void> => {
    writeFileSync(file, JSON.stringify(election));
    await promisify(execFile)(process.execPath, [platform.command, 'election', 'load', file, '--local'], {
      env: { PATH: process.env['PATH'] ?? '', POPVOTE_DIRECTORY: platform.directory },
    });
  };
  // An older version knows no organiser. It rejects the file, and makes nothing of it.
  await load({ ...definition, organiser: { en: 'Bench' } }).catch(() => load(definition));
  const deadline = performance.now() + publicMsMax;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${platform.apiPort}/v1/elections/${electionId}`);
    if (answer.status === 200) {
      const { election } = (await answer.json()) as Document;
      if (election.phase === 'open') return election;
    }
    if (performance.now() > deadline) throw new Error(`The election was not public in time: ${answer.status}`);
    await pause(100);
  }
}
