// An election and its phases, as rules: no clock is read here. What a process's own clock says of a phase is for
// display; only the database's clock, at the last step, decides whether a ballot is in time.

export type Title = Readonly<Record<string, string>>;
export type ElectionPhase = 'scheduled' | 'open' | 'closed' | 'published';
export type CountingMethod = 'plurality' | 'approval' | 'dhondt';

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
  /** dhondt: seats to share, and the share of votes in percent below which an option gets none. */
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
