// Importing a roll: numbers are read line by line, become keyed digests at once, and are sent in chunks. No number is
// ever sent, stored, printed or quoted in an error: a faulty line is named by its row alone.
import { canonicalIdentity } from '../domain/identity.ts';
import { keyedHash } from '../platform/keyed-hash.ts';
import type { HashKey } from '../platform/keyed-hash.ts';
import type { PrivateClient } from '../platform/private-calls.ts';
import { identityText, rollAnswer, rollIdentitiesMax } from '../protocol/ballot-service.ts';
import { boundedLines } from './bounded-lines.ts';

/** Longest line, in characters: the longest number with room for quotes and spaces. */
const lineCharactersMax = 256;
/** Digests in one call: about 200 kB. */
const chunkIdentitiesMax = Math.min(4_000, rollIdentitiesMax);
/** Longest wait for the answer to one chunk, in milliseconds. */
const chunkMsMax = 30_000;
/** Most faulty rows that are named; the rest are counted. */
export const faultyRowsNamedMax = 100;

export type RollReport = {
  readonly added: number;
  readonly alreadyThere: number;
  readonly malformed: number;
  /** The first malformed rows, numbered from 1 as in the file. */
  readonly malformedRows: readonly number[];
};

/** Adds the numbers of a file with one number in each line; a first line `number` is a heading. May be run again. */
export async function importRoll(
  chunks: AsyncIterable<string>,
  parts: { readonly electionId: string; readonly identityKey: HashKey; readonly ballots: PrivateClient },
): Promise<RollReport> {
  const report = { added: 0, alreadyThere: 0, malformed: 0, malformedRows: [] as number[] };
  let identities: string[] = [];
  const send = async (): Promise<void> => {
    if (identities.length === 0) return;
    const path = `/private/elections/${parts.electionId}/roll`;
    const body = { identities };
    const answer = await parts.ballots.call({ method: 'POST', path, body, answer: rollAnswer, msMax: chunkMsMax });
    report.added += answer.added;
    report.alreadyThere += answer.alreadyThere;
    identities = [];
  };
  for await (const { row, text } of boundedLines(chunks, lineCharactersMax)) {
    const number = text === null ? null : cellOf(text);
    if (number === '' || (row === 1 && number?.toLowerCase() === 'number')) continue;
    const judged = number === null ? undefined : canonicalIdentity('roll', number);
    if (!judged?.ok) {
      report.malformed += 1;
      if (report.malformedRows.length < faultyRowsNamedMax) report.malformedRows.push(row);
      continue;
    }
    identities.push(keyedHash(parts.identityKey, identityText(parts.electionId, 'roll', judged.canonical)));
    if (identities.length >= chunkIdentitiesMax) await send();
  }
  await send();
  return report;
}

// One cell: a spreadsheet may have put a byte order mark before it and quotes around it.
function cellOf(line: string): string {
  const cell = line.replace(/^\uFEFF/, '').trim();
  return /^"[^"]*"$/.test(cell) ? cell.slice(1, -1).trim() : cell;
}
