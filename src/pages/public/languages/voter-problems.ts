// The rejections that the voter's API gives, each with a title and a text in every language. Those of the control panel
// are not for voters: should one ever arrive, a general text stands in.
import type { ProblemCode } from '../../../protocol/problem.ts';

export type VoterProblem = Extract<
  ProblemCode,
  | 'invalid-request'
  | 'unauthenticated'
  | 'not-open'
  | 'not-eligible'
  | 'not-found'
  | 'election-not-found'
  | 'results-not-published'
  | 'already-recorded'
  | 'payload-too-large'
  | 'unsupported-media-type'
  | 'invalid-identity'
  | 'invalid-phone'
  | 'method-not-offered'
  | 'wrong-code'
  | 'code-expired'
  | 'invalid-ballot'
  | 'too-many-tries'
  | 'too-many-requests'
  | 'internal'
  | 'code-unavailable'
  | 'verification-unavailable'
  | 'outcome-unknown'
  | 'busy'
>;

/** Title and text of a problem. */
export type ProblemText = readonly [title: string, text: string];
export type ProblemTexts = Readonly<Record<VoterProblem, ProblemText>>;
