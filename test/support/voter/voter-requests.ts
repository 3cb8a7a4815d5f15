// The requests of a voter and of the voter's phone, in one place for tests and benches. They only describe a request:
// each caller sends it over its own connections. The k6 scripts have the same in bench/k6/requests.js, compared by a test.

import type { VerificationMethod } from '../../../src/domain/verification-methods.ts';

export type VoterRequest = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: unknown };

type SessionOptions = {
  readonly electionId: string;
  /** Absent where the scheme of the election has no number. */
  readonly number?: string;
  /** With the number, where the election has a second element. */
  readonly second?: string | undefined;
  readonly phone: string;
  readonly method?: VerificationMethod;
  readonly castTag: string;
  readonly locale?: string;
};

export const voterRequests = {
  session: ({
    electionId,
    number,
    second,
    phone,
    method = 'text-in',
    castTag,
    locale,
  }: SessionOptions): VoterRequest => ({
    method: 'POST',
    path: '/v1/sessions',
    body: {
      electionId,
      ...(number !== undefined && { identity: { number, ...(second !== undefined && { second }) } }),
      phone,
      method,
      castTag,
      ...(locale !== undefined && { locale }),
    },
  }),
  /** A long-poll for the verification. */
  wait: (seconds: number): VoterRequest => ({ method: 'GET', path: `/v1/sessions/current?wait=${seconds}` }),
  code: (code: string): VoterRequest => ({ method: 'POST', path: '/v1/sessions/current/code', body: { code } }),
  resend: (method?: VerificationMethod): VoterRequest => ({
    method: 'POST',
    path: '/v1/sessions/current/resend',
    body: method ? { method } : {},
  }),
  cast: (ballotKey: string, ballot: unknown): VoterRequest => ({
    method: 'POST',
    path: '/v1/ballots',
    body: { ballotKey, ballot },
  }),
  /** A text from a phone, by the simulator of `sms`. */
  text: (text: { readonly from: string; readonly to: string; readonly body: string }): VoterRequest => ({
    method: 'POST',
    path: '/simulator/texts',
    body: text,
  }),
  /** The texts that a simulated phone received. */
  inbox: (phone: string): VoterRequest => ({
    method: 'GET',
    path: `/simulator/phones/${encodeURIComponent(phone)}/texts`,
  }),
};

export type Contests = readonly {
  readonly id: string;
  readonly minChoices: number;
  readonly maxChoices: number;
  readonly options: readonly { readonly id: string }[];
}[];

/** A valid ballot at random, with at least one choice in each contest. */
export function drawBallot(contests: Contests): { contests: { contestId: string; choices: string[] }[] } {
  return {
    contests: contests.map(({ id, minChoices, maxChoices, options }) => {
      const least = Math.max(1, minChoices);
      const count = least + Math.floor(Math.random() * (maxChoices - least + 1));
      const remaining = options.map((option) => option.id);
      const choices = Array.from({ length: count }, () => {
        const index = Math.floor(Math.random() * remaining.length);
        return remaining.splice(index, 1)[0]!;
      });
      return { contestId: id, choices };
    }),
  };
}
