// An election and its phases, as rules. No clock is read here. A phase that a process computes from its own clock is
// for display only. The clock of the ballots' database decides whether a ballot is in time, inside the transaction that
// stores the ballot: see `closingGraceSeconds`.
import type { ContestLaw, OwnThreshold } from './counting/contest-law.ts';
import type { CountingMethod } from './counting/method-table.ts';

export type Title = Readonly<Record<string, string>>;
export type ElectionPhase = 'scheduled' | 'open' | 'closed' | 'published';

/** How ballots arrive: cast by voters, or uploaded by officials as batches of paper ballots. */
export const channels = ['online', 'batches'] as const;

export type Option = {
  readonly id: string;
  readonly number: number;
  readonly title: Title;
  readonly kind?: 'party' | 'individual' | undefined;
  /** Where a list has another threshold than the contest. */
  readonly threshold?: OwnThreshold | undefined;
  /** The length of a list: it can take no more seats. */
  readonly candidates?: number | undefined;
  /** When the option was withdrawn while voting was open. It can no longer be chosen and wins nothing. */
  readonly withdrawnAt?: string | undefined;
};

export type Contest = {
  readonly id: string;
  readonly title: Title;
  readonly method: CountingMethod;
  readonly minChoices: number;
  readonly maxChoices: number;
  readonly abstain: boolean;
  /** Seats to share, or how many options are elected: one where it is absent. */
  readonly seats?: number | undefined;
  /** The short form of a threshold: the share of the votes in percent below which an option gets no seat. */
  readonly thresholdPercent?: number | undefined;
  readonly law?: ContestLaw | undefined;
  readonly options: readonly Option[];
};

/** Most contests of an election, and most options of a contest. */
export const contestsMax = 32;
export const optionsMax = 500;
/** Highest ballot number of an option. */
export const ballotNumberMax = 10_000;

/** Years (UTC) that an election may be in: others are typing errors. */
export const electionYearMin = 2000;
export const electionYearMax = 2199;

/**
 * Seconds after closing in which a session that was verified before closing may still cast. The rule is in SQL, because it
 * guards a transaction: `pv.cast_ballots` accepts a ballot while opens_at ≤ now < closes_at + grace, from a session with
 * verified_at < closes_at, and `pv.close_election` closes no earlier than closes_at + grace (intake/0003-casts.sql).
 * `phaseAt` has the same opens_at and closes_at, without the grace.
 */
export const closingGraceSeconds = 120;

/** Seconds after closing in which ballots may still be cast: none without the channel online. */
export const graceOf = (election: {
  readonly channels: readonly (typeof channels)[number][];
  readonly graceSeconds: number;
}): number => (election.channels.includes('online') ? election.graceSeconds : 0);

/** When the organiser expects to publish the result; null where it said nothing. It moves with the end. */
export function resultExpectedAt({
  closesAt,
  resultHours,
}: {
  readonly closesAt: string;
  readonly resultHours?: number | undefined;
}): string | null {
  return resultHours === undefined ? null : new Date(Date.parse(closesAt) + resultHours * 3_600_000).toISOString();
}

const organiserDetail =
  'An election that counts names who holds it and how voters get help. Enter “Organiser and help for voters”.';

/** What an election that counts lacks before it is announced, beside a valid definition. Announced ones stay as they are. */
export const announcementFaults = (election: {
  readonly rehearsal: boolean;
  readonly organiser?: object | undefined;
}): readonly { readonly path: string; readonly detail: string }[] =>
  election.rehearsal || election.organiser !== undefined ? [] : [{ path: 'organiser', detail: organiserDetail }];

/** The phase at a moment (milliseconds since the epoch) by the election's times alone; `published` is an action, not a time. */
export function phaseAt(
  nowMs: number,
  times: { readonly opensAt: string; readonly closesAt: string },
): Exclude<ElectionPhase, 'published'> {
  if (nowMs < Date.parse(times.opensAt)) return 'scheduled';
  return nowMs < Date.parse(times.closesAt) ? 'open' : 'closed';
}
