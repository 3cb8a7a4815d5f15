// An election and its phases, as rules: no clock is read here. What a process's own clock says of a phase is for
// display; only the database's clock, at the last step, decides whether a ballot is in time.

export type Title = Readonly<Record<string, string>>;
export type ElectionPhase = 'scheduled' | 'open' | 'closed' | 'published';
export const countingMethodNames = ['plurality', 'approval', 'dhondt', 'sainteLague'] as const;
export type CountingMethod = (typeof countingMethodNames)[number];
/** Methods that share the seats of a house; the others elect one winner. */
export const seatMethods: ReadonlySet<CountingMethod> = new Set(['dhondt', 'sainteLague']);

/** How ballots may come: cast by voters, or uploaded by officials as batches of paper ballots. */
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
