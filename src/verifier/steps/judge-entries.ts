// Steps 7 to 10 and 15: every entry of the log once, bundle by bundle, with its opening where there is one.
import type { KeyObject } from 'node:crypto';
import { createBallotTally } from '../documents/ballot-text.ts';
import type { VerifiedManifest } from '../documents/manifest-document.ts';
import { readPublicKey, verifiesLater } from '../documents/public-key.ts';
import { channelNumbers, entryContext, readEntry } from '../log/log-entry.ts';
import type { LogEntry } from '../log/log-entry.ts';
import { leafHash } from '../log/merkle-tree.ts';
import { readPublishedOpenings } from '../log/openings.ts';
import type { OpeningsFile } from '../log/openings.ts';
import { readBundle } from '../log/read-bundle.ts';
import { createTagSet } from '../log/tag-set.ts';
import type { TagSet } from '../log/tag-set.ts';
import { tileWidth, widthAt } from '../log/tile-paths.ts';
import type { RecordFiles } from '../reading/record-files.ts';
import type { ReportDraft } from '../report/verification-report.ts';
import { createOpeningJudge } from './judge-openings.ts';
import type { OpeningFault } from './judge-openings.ts';
import type { LoggedBallots } from './results-sums.ts';

/** Bundles that are read and verified at once. */
const bundlesAtOnceMax = 8;

export type LogToJudge = {
  readonly files: RecordFiles;
  readonly manifest: VerifiedManifest;
  readonly size: number;
  /** The verified tiles of level 0. */
  readonly leaves: readonly Buffer[];
  readonly openingsFile: OpeningsFile | null;
};
export type JudgedLog = LoggedBallots & {
  /** The cast tags of all entries. */
  readonly tags: TagSet;
  /** Entries that must be opened once the election is counted, and are not. */
  readonly unopened: number;
  /** Whether there are entries that must be opened. */
  readonly opens: boolean;
  readonly openingFaults: ReadonlySet<OpeningFault>;
};

/** An entry by its place in its bundle. */
type PlacedEntry = { readonly place: number; readonly entry: LogEntry };

/** Judges every entry, and adds up what is opened. Failures are in the report. */
export async function judgeEntries(log: LogToJudge, report: ReportDraft): Promise<JudgedLog> {
  const { files, manifest, size, leaves, openingsFile } = log;
  const counts = { online: 0, batch: 0 };
  const tags = createTagSet(size);
  const judgeEntry = createEntryJudge(manifest, tags, report);
  const openedOnline = createBallotTally(manifest.contests);
  const openedBatch = createBallotTally(manifest.contests);
  const openings = createOpeningJudge(manifest, { openedOnline, openedBatch }, openingsFile !== null);

  const readEntries = async (index: number): Promise<PlacedEntry[]> => {
    const { entries, fault } = await readBundle(files, index, widthAt(index, size));
    if (fault !== null) report.fail(7, fault);
    return entries.flatMap((bytes, place) => {
      const isLeaf = leaves[index]?.subarray(place * 32, place * 32 + 32).equals(leafHash(bytes)) === true;
      if (!isLeaf) report.fail(7, 'entry-leaf');
      return isLeaf ? [{ place, entry: readEntry(bytes) }] : [];
    });
  };
  for (let first = 0; first < leaves.length; first += bundlesAtOnceMax) {
    const indexes = Array.from({ length: Math.min(bundlesAtOnceMax, leaves.length - first) }, (_, n) => first + n);
    const bundles = await Promise.all(indexes.map(readEntries));
    await Promise.all(bundles.flatMap((bundle) => bundle.map(({ entry }) => judgeEntry(entry))));
    for (const [n, bundle] of bundles.entries()) {
      const index = first + n;
      for (const { entry } of bundle) {
        if (entry.channel === channelNumbers.online) counts.online += 1;
        if (entry.channel === channelNumbers.batches) counts.batch += 1;
      }
      const start = index * tileWidth;
      const entries = new Map(bundle.map(({ place, entry }) => [start + place, entry]));
      const isDue = bundle.some(({ entry }) => openings.isDue(entry));
      const published = isDue ? await readPublishedOpenings(files, index) : null;
      const ofAuditor = openingsFile === null ? null : await openingsFile.readBelow(start + tileWidth);
      const lists = [published, ofAuditor].filter((each) => each !== null);
      openings.judge({ first: start, width: widthAt(index, size), entries }, lists);
    }
  }
  report.judge(7);
  // Of an incomplete log only failures are known.
  if (report.hasPassed(7)) for (const step of [8, 9, 10] as const) report.judge(step);
  const { opensOnline: onlineIsOpen, faults } = openings;
  // An opening of an entry that no bundle has.
  const openingFaults = new Set<OpeningFault>([
    ...faults,
    ...(openingsFile?.hasMore() === true ? ['opening' as const] : []),
  ]);
  const unopened = openings.unopened();
  return { ...counts, tags, openedOnline, openedBatch, onlineIsOpen, unopened, opens: openings.opens(), openingFaults };
}

function createEntryJudge(
  manifest: VerifiedManifest,
  tags: TagSet,
  report: ReportDraft,
): (entry: LogEntry) => Promise<void> {
  const context = entryContext(manifest.origin);
  const keys = new Map<number, KeyObject | null>([
    [channelNumbers.online, readPublicKey(manifest.receipts.x)],
    [channelNumbers.batches, readPublicKey(manifest.deposits.x)],
  ]);
  const admitted = manifest.channels.map((channel) => channelNumbers[channel] as number);
  return async ({ version, kind, channel, castTag, signature, signedPart }) => {
    // Kinds 1 and 2 are sealed ballots, which this version does not verify: no such manifest comes here.
    if (version !== 2 || kind !== 0) report.fail(8, 'entry-kind');
    if (!admitted.includes(channel)) report.fail(8, 'channel-not-admitted');
    if (!tags.add(castTag)) report.fail(10, 'cast-tag-repeated');
    const key = keys.get(channel);
    if (key == null) return;
    const valid = await verifiesLater(key, Buffer.concat([context, signedPart]), signature);
    if (!valid) report.fail(9, 'entry-signature');
  };
}
