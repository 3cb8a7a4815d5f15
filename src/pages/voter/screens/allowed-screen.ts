// The screen that follows from the memory of the voter: a voter with a receipt sees the receipt, and never the ballot.
import type { ScreenName } from '../app.ts';
import { isAnswered } from '../memory.ts';
import type { Memory } from '../memory.ts';

/** The requested screen if the voter may see it, otherwise the one that follows from the memory. */
export function allowedScreen({ vote, choices, election, problem }: Memory, requested: ScreenName): ScreenName {
  if (requested === 'list') return requested;
  if (vote.receipt) return requested === 'election' ? requested : 'receipt';
  if (vote.evidence) return 'problem';
  if (requested === 'problem' && problem !== undefined) return requested;
  if (vote.verified) {
    if (vote.sending) return 'review';
    const answered = election?.contests.every((contest) => isAnswered(contest, choices));
    return requested === 'review' && answered ? 'review' : 'ballot';
  }
  if (requested === 'identify' || requested === 'election') return requested;
  if (vote.pending) return vote.pending.verification.method === 'code' ? 'code' : 'text-in';
  return 'election';
}
