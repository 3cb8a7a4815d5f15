// Finds the documents of an election: in memory, or in the archive of `ballots`. Whatever clients ask for, the calls to
// `ballots` are limited: each election is requested once at a time, unknown ids are remembered for a moment, and beyond a
// number of calls the archive is `busy`. Current elections are in memory and never depend on this.
import { isWithin } from '../../../platform/clock.ts';
import type { Clock } from '../../../platform/clock.ts';
import { createCallFaultLog } from '../../../platform/fault-log.ts';
import type { Logger } from '../../../platform/logger.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { prepareJson } from '../../../platform/http/prepared-answer.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { ElectionArchive } from '../../../protocol/public-api.ts';
import type { ArchiveCalls } from './archive-calls.ts';
import { listedElection } from './documents.ts';
import type { Documents, ServedAnswer, ServedElection } from './documents.ts';

/** Bounds of reading the archive. */
const archiveBounds = {
  /** Most calls to `ballots` at once. Beyond it the archive is `busy`. */
  callsMax: 32,
  /** How long an archived election and a page of the archive are served without asking again, in milliseconds. */
  freshMs: 30_000,
  /** How long an id without an election is remembered, in milliseconds, and most of these ids. */
  missingMs: 1_000,
  missingMax: 1_000,
  /** Most pages and most times of archived elections in memory. */
  pagesMax: 50,
  timesMax: 1_000,
};

export type FindElections = {
  /** The document for this time. Throws `election-not-found`, or `busy` if the archive does not answer. */
  find(electionId: string): Promise<ServedElection>;
  /** Ended elections, the newest first, before a number (null: from the newest). Throws `busy` likewise. */
  archive(before: number | null): Promise<ServedArchive>;
};
export type ServedArchive = ServedAnswer & { readonly body: ElectionArchive };

type Parts = {
  readonly documents: Documents;
  readonly archive: ArchiveCalls;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly bounds?: Partial<typeof archiveBounds>;
};

export function createFindElections({ documents, archive, clock, logger, ...parts }: Parts): FindElections {
  const bounds = { ...archiveBounds, ...parts.bounds };
  const calls = createSharedCalls(bounds.callsMax, logger);
  const missing = createTimes(clock, bounds.missingMs, bounds.missingMax);
  const loaded = createTimes(clock, bounds.freshMs, bounds.timesMax);
  const pages = new Map<number | null, ServedArchive>();
  const pageTimes = createTimes(clock, bounds.freshMs, bounds.pagesMax);

  const load = (electionId: string): Promise<void> =>
    calls.once(electionId, async () => {
      const text = await archive.publication(electionId);
      if (text === null || documents.take(electionId, text, 'archive').startsWith('refused')) missing.note(electionId);
      else loaded.note(electionId);
    });

  const readPage = async (before: number | null): Promise<void> => {
    const { publications, next } = await archive.page({ ended: true, from: before });
    const elections = publications.flatMap(({ id, text }) => {
      documents.take(id, text, 'archive');
      return documents.election(id, clock())?.election ?? [];
    });
    const body = { elections: elections.map(listedElection), next: next === null ? null : String(next) };
    pages.delete(before);
    pages.set(before, { body, answer: prepareJson(body), freshSeconds: Math.floor(bounds.freshMs / 1_000) });
    const [oldest] = pages.size > bounds.pagesMax ? pages.keys() : [];
    if (oldest !== undefined) pages.delete(oldest);
    pageTimes.note(String(before));
  };

  return {
    async find(electionId) {
      const present = documents.election(electionId, clock());
      if (present) {
        // Changes in the archive are not reported, so it asks from time to time, after the answer.
        if (present.archived && !loaded.has(electionId)) void load(electionId).catch(() => undefined);
        return present;
      }
      if (!missing.has(electionId)) await load(electionId);
      const election = documents.election(electionId, clock());
      if (!election) throw new Problem('election-not-found');
      return election;
    },
    async archive(before) {
      const present = pages.get(before);
      if (!present || !pageTimes.has(String(before))) {
        const reading = calls.once(`page/${before}`, () => readPage(before));
        // An older page is better than none.
        if (!present) await reading;
        else await reading.catch(() => undefined);
      }
      const page = pages.get(before);
      if (!page) throw new Problem('busy', retrySoon());
      return page;
    },
  };
}

type SharedCalls = { once(name: string, work: () => Promise<void>): Promise<void> };

// Equal calls share one, and there are only so many at once. A call that fails is `busy`.
function createSharedCalls(callsMax: number, logger: Logger): SharedCalls {
  const inFlight = new Map<string, Promise<void>>();
  const faults = createCallFaultLog(logger);
  return {
    async once(name, work) {
      const before = inFlight.get(name);
      if (before) return before;
      if (inFlight.size >= callsMax) throw new Problem('busy', retrySoon());
      const call = work()
        .catch((error: unknown) => {
          faults.failed('archive', error, 'archive.unavailable');
          throw new Problem('busy', retrySoon());
        })
        .finally(() => inFlight.delete(name));
      inFlight.set(name, call);
      return call;
    },
  };
}

type Times = { note(name: string): void; has(name: string): boolean };

// Names that were noted within a time, at most so many: the oldest is forgotten first.
function createTimes(clock: Clock, freshMs: number, namesMax: number): Times {
  const times = new Map<string, number>();
  return {
    note(name) {
      times.delete(name);
      times.set(name, clock());
      const [oldest] = times.size > namesMax ? times.keys() : [];
      if (oldest !== undefined) times.delete(oldest);
    },
    has(name) {
      const sinceMs = times.get(name);
      return sinceMs !== undefined && isWithin(clock(), sinceMs, freshMs);
    },
  };
}
