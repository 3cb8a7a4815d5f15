// Step 15: the opening of an entry fits its commitment, and the ballot in it is valid and canonical.
import type { BallotTally } from '../documents/ballot-text.ts';
import type { VerifiedManifest } from '../documents/manifest-document.ts';
import { hashParts } from '../documents/record-bytes.ts';
import { channelNumbers } from '../log/log-entry.ts';
import type { LogEntry } from '../log/log-entry.ts';
import type { Opening, Openings } from '../log/openings.ts';

/** The entries of a bundle that are in the log, by their index, and the indexes that the bundle has. */
export type JudgedBundle = {
  readonly first: number;
  readonly width: number;
  readonly entries: ReadonlyMap<number, LogEntry>;
};
export type OpeningJudge = {
  /** Whether online entries are opened. */
  readonly opensOnline: boolean;
  /** Whether an entry must be opened. */
  readonly isDue: (entry: LogEntry) => boolean;
  /** Judges the openings of a bundle. An opening of an entry that is not in the log is passed over: step 7 has failed. */
  readonly judge: (bundle: JudgedBundle, lists: readonly Openings[]) => void;
  /** How many entries must be opened, and have no opening so far. */
  readonly unopened: () => number;
  readonly opens: () => boolean;
  /** Why openings are wrong. They are reported once all entries are known. */
  readonly faults: ReadonlySet<OpeningFault>;
};
export type OpeningFault = 'opening' | 'opening-ballot';

/** `withFile`: whether an auditor's openings of the online entries are given. */
export function createOpeningJudge(
  manifest: VerifiedManifest,
  tallies: { readonly openedOnline: BallotTally; readonly openedBatch: BallotTally },
  withFile: boolean,
): OpeningJudge {
  const faults = new Set<OpeningFault>();
  const opensOnline = withFile || manifest.disclosure === 'ballots';
  let due = 0;
  let opened = 0;
  const judgeOpening = (entry: LogEntry, { tracker, text }: Opening): void => {
    const isBatch = entry.channel === channelNumbers.batches;
    const { hash } = manifest;
    const content = hashParts('popvote/commitment/v2\0', hash, tracker, hashParts(text));
    const tagFits = !isBatch || hashParts('popvote/batch-tag/v2\0', hash, tracker).equals(entry.castTag);
    if (!content.equals(entry.content) || !tagFits) faults.add('opening');
    else if (!(isBatch ? tallies.openedBatch : tallies.openedOnline).add(text)) faults.add('opening-ballot');
  };
  const isDue = ({ channel }: LogEntry): boolean =>
    channel === channelNumbers.batches || (opensOnline && channel === channelNumbers.online);
  const judgeList = (
    { first, width, entries }: JudgedBundle,
    { openings, whole }: Openings,
    done: Set<number>,
  ): void => {
    let before = first - 1;
    for (const opening of openings) {
      const { index } = opening;
      const entry = entries.get(index);
      if (index <= before || index >= first + width || (entry !== undefined && !isDue(entry))) faults.add('opening');
      else if (entry !== undefined && !done.has(index)) {
        judgeOpening(entry, opening);
        done.add(index);
      }
      before = Math.max(before, index);
    }
    if (!whole) faults.add('opening');
  };
  return {
    opensOnline,
    isDue,
    judge: (bundle, lists) => {
      const done = new Set<number>();
      for (const list of lists) judgeList(bundle, list, done);
      due += [...bundle.entries.values()].filter(isDue).length;
      opened += done.size;
    },
    unopened: () => due - opened,
    opens: () => due > 0,
    faults,
  };
}
