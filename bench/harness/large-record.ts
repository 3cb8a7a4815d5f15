// The record of a large election as it is served, in a folder, and the openings that its auditors get. It is the small election
// of the tests with more ballots, which keep their bytes in one buffer: a million of them take little memory.
import { appendFileSync } from 'node:fs';
import { encodeOpenings } from '../../src/domain/record/bundle.ts';
import { entryBytes, entryChannels } from '../../src/domain/record/entry.ts';
import { onlineBallot, paperBallot, seededCast } from '../../test/support/record/log-ballots.ts';
import type { LoggedBallot } from '../../test/support/record/log-ballots.ts';
import { inLogOrder } from '../../test/support/record/log-draft.ts';
import type { LogDraft } from '../../test/support/record/log-draft.ts';
import { logFiles, openingsOf, writeLogFiles } from '../../test/support/record/log-files.ts';
import { smallElection } from '../../test/support/record/small-elections.ts';

/** One ballot in this many is on paper. */
const paperEvery = 100;
/** After so many ballots the choices begin again. */
const choicesMade = 120;
/** Bytes that a ballot keeps: its entry, its tracker and the tag of its voter. */
const keptBytes = entryBytes + 2 * 32;
/** Openings that are encoded at once. */
const openingsAtOnce = 5_000;

export type LargeRecord = { readonly electionId: string; readonly manifestHash: string };
export type LargeRecordOrder = {
  readonly ballots: number;
  /** Where the served files go, and the file of auditors. */
  readonly served: string;
  readonly openings: string;
};

function largeElection(count: number): LogDraft {
  const small = smallElection({ id: 'bench-2024', online: choicesMade, batches: [1] });
  const { keys, names } = small;
  const choices = small.ballots.filter(({ head }) => head.channel === entryChannels.online);
  const keep = keeper(Buffer.alloc(count * keptBytes));
  const paper = Math.floor(count / paperEvery);
  const ballots = Array.from({ length: count }, (_, n): LoggedBallot => {
    const { ballot, text } = choices[n % choices.length]!;
    const guid = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    const logged =
      n < paper
        ? paperBallot(keys, names, guid, ballot)
        : onlineBallot(keys, names, seededCast(small.definition.id, n), ballot);
    const entry = keep(logged.entry);
    const head = { ...logged.head, castTag: entry.subarray(3, 35), content: entry.subarray(35, 67) };
    return { head, entry, tracker: keep(logged.tracker), text, ballot, voter: logged.voter && keep(logged.voter) };
  });
  const batches = small.batches.map((batch) => ({
    ...batch,
    rows: paper + batch.rows - batch.counted,
    counted: paper,
  }));
  return { ...small, ballots: inLogOrder(ballots), batches };
}

/** Copies bytes into a buffer, one after another. */
function keeper(buffer: Buffer): (bytes: Uint8Array) => Buffer {
  let end = 0;
  return (bytes) => {
    buffer.set(bytes, end);
    end += bytes.length;
    return buffer.subarray(end - bytes.length, end);
  };
}

export function writeLargeRecord({ ballots, served, openings }: LargeRecordOrder): LargeRecord {
  const draft = largeElection(ballots);
  writeLogFiles(served, logFiles(draft));
  const online = openingsOf(draft, (channel) => channel === entryChannels.online);
  for (let at = 0; at < online.length; at += openingsAtOnce) {
    appendFileSync(openings, encodeOpenings(online.slice(at, at + openingsAtOnce)));
  }
  const { electionId, manifestHash } = draft.names;
  return { electionId, manifestHash: manifestHash.toString('hex') };
}
