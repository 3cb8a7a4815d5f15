// Whether an act of an administrator needs another one: in an election that counts, if `access` knows two who can sign
// in. An unknown number is never taken for one.
import type { z } from 'zod';
import { electionActNeedsTwo } from '../../../domain/two-people.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { CallFailed } from '../../../platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../../platform/private-calls/private-calls.ts';
import { confirmersAnswer } from '../../../protocol/control/proposals-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { StoredElection } from '../../../store/elections/elections.ts';

/** Longest wait for the answer of `access`, in milliseconds. */
const answerMsMax = 1_500;

export type SecondPerson = {
  /** Throws `busy` while `access` is unavailable. */
  isNeeded(election: StoredElection): Promise<boolean>;
  /** Who can sign in, with and without a second factor. Throws `busy` while `access` is unavailable. */
  people(): Promise<z.infer<typeof confirmersAnswer>>;
  /** Whether someone who proposed an act is no administrator any more. Throws `busy` while `access` is unavailable. */
  hasLeft(user: string): Promise<boolean>;
};

/** The announced definition decides, and before the announcement the draft. */
export const isRehearsal = ({ announced, definition }: Pick<StoredElection, 'announced' | 'definition'>): boolean =>
  ((announced ?? definition) as { readonly rehearsal: boolean }).rehearsal;

export function createSecondPerson(access: PrivateClient): SecondPerson {
  const ask = async (path: string): Promise<z.infer<typeof confirmersAnswer>> => {
    try {
      return await access.call({ method: 'GET', path, answer: confirmersAnswer, msMax: answerMsMax });
    } catch (error) {
      if (!(error instanceof CallFailed) && !(error instanceof Problem)) throw error;
      throw new Problem('busy', { ...retrySoon(), detail: unavailable });
    }
  };
  const people: SecondPerson['people'] = () => ask('/private/administrators');
  return {
    people,
    async hasLeft(user) {
      // An `access` of the release before does not say it.
      const { isAdministrator = true } = await ask(`/private/administrators?user=${encodeURIComponent(user)}`);
      return !isAdministrator;
    },
    async isNeeded(election) {
      const rehearsal = isRehearsal(election);
      return !rehearsal && electionActNeedsTwo(rehearsal, (await people()).confirmers);
    },
  };
}

const unavailable =
  '`access` does not say whether another administrator must confirm this. Try again when it is available. Nothing was ' +
  'changed.';
