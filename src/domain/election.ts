// An election and its phases, as rules. No clock is read here. A phase that a process computes from its own clock is for
// display only. The clock of the ballots' database decides whether a ballot is in time: the SQL functions named at
// `lastCastAt` apply the same rule inside the transaction that stores the ballot.
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
};

export type Contest = {
  readonly id: string;
  readonly title: Title;
  readonly method: CountingMethod;
  readonly minChoices: number;
  readonly maxChoices: number;
  readonly abstain: boolean;
  /** Where the method shares seats: how many, and the share of votes in percent below which an option gets none. */
  readonly seats?: number | undefined;
  readonly thresholdPercent?: number | undefined;
  readonly options: readonly Option[];
};

/** Seconds after closing in which a session that was verified before closing may still cast. */
export const closingGraceSeconds = 120;

/** The phase at a moment (milliseconds since the epoch) by the election's times alone; `published` is an act, not a time. */
export function phaseAt(
  nowMs: number,
  times: { readonly opensAt: string; readonly closesAt: string },
): Exclude<ElectionPhase, 'published'> {
  if (nowMs < Date.parse(times.opensAt)) return 'scheduled';
  return nowMs < Date.parse(times.closesAt) ? 'open' : 'closed';
}
