// The properties of a problem code. Services, pages and API documents derive from them how they treat a rejection, so
// that no list of codes is kept anywhere else.

/** Who can receive it. A code for voters has its own text in every language of the voter page. */
export type ProblemAudience = 'voter' | 'panel' | 'service';

/**
 * Whether the request took effect; for a cast, whether the ballot is recorded. `no`: it is not. `earlier`: this ballot is
 * not recorded, but an earlier one is. `unknown`: it may or may not be.
 */
export const recordedStates = ['no', 'earlier', 'unknown'] as const;
export type Recorded = (typeof recordedStates)[number];

/** How the client can succeed. */
export const retryWays = {
  never: 'This request cannot succeed.',
  'same-bytes': 'The same bytes, after the time in Retry-After.',
  'after-change': 'The same request, once something else has changed.',
  'corrected-input': 'With corrected input from the person.',
  'corrected-request': 'From a client that forms its requests correctly.',
  'new-session': 'In a new session.',
  'other-way': 'With another verification method.',
} as const;
export type Retry = keyof typeof retryWays;

/** Members of the body besides the standard ones. */
export type ExtraMember = 'errors' | 'triesLeft' | 'lines' | 'linesTotal' | 'factors';

/** The calls that a code can answer. Routes of the control API name their own codes instead. */
export type AnsweredCall =
  // Groups of calls of any service.
  | 'every-call'
  | 'every-body'
  | 'every-role'
  | 'every-change'
  | 'unknown-address'
  // Calls of the voter API.
  | 'election-document'
  | 'result-document'
  | 'start-session'
  | 'activate-session'
  | 'wait'
  | 'check-code'
  | 'resend-code'
  | 'cast'
  // Private calls of `api` to `sms`.
  | 'sms-call';

type CommonProperties = {
  readonly status: number;
  readonly title: string;
  /** What to do next, and where a vote is at stake, whether it was recorded. */
  readonly detail: string;
  readonly recorded: Recorded;
  readonly retry: Retry;
  /** A voter receives the same bytes whatever the service behind adds. */
  readonly constantBody?: true;
  /** The extra members that the body may carry. No other is sent or forwarded. */
  readonly extras?: readonly ExtraMember[];
};
type VoterProperties = CommonProperties & {
  readonly audience: readonly ['voter', ...ProblemAudience[]];
  /** At least one: `api` forwards a code only as the answer to a call that is listed here. */
  readonly answersTo: readonly [AnsweredCall, ...AnsweredCall[]];
};
type OtherProperties = CommonProperties & {
  readonly audience: readonly [Exclude<ProblemAudience, 'voter'>, ...Exclude<ProblemAudience, 'voter'>[]];
  readonly answersTo?: readonly AnsweredCall[];
};
export type ProblemProperties = VoterProperties | OtherProperties;
export type ProblemTable = Readonly<Record<string, ProblemProperties>>;
