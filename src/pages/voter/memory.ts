// What the page knows of one voter. Of it, the tab's storage keeps tokens, the ballot that is being sent and the receipt,
// so that a reload loses none of them. The number and choices in progress are never stored; a cast ballot is forgotten.
import type { PendingSession, Receipt, Verification } from '../../protocol/public-api.ts';
import type { PublicElection } from '../../protocol/public-document.ts';
import type { Rejection } from '../shared/calls.ts';

export type Pending = {
  readonly token: string;
  readonly phone: string;
  readonly verification: Verification;
  /** Whether this code replaced one that had been shown. */
  readonly renewed?: boolean;
};
export type PendingCast = { readonly ballotKey: string; readonly body: string };
export type StoredVote = {
  electionId?: string;
  pending?: Pending | undefined;
  verified?: { readonly token: string; readonly expiresAt: string } | undefined;
  sawBallot?: boolean | undefined;
  sending?: PendingCast | undefined;
  receipt?: { readonly receipt: Receipt; readonly at: string } | undefined;
};
/** Option ids, or an abstention; a contest without an entry is not answered yet. */
export type Choices = Map<string, ReadonlySet<string> | 'abstain'>;
/** What stops the voter: a rejection, or a state that the page itself found. */
export type VoterStop = Rejection | 'expired' | 'unsure-ended' | 'unsure-closed' | 'lost' | 'waiting';
export type Memory = {
  kept: StoredVote;
  election: PublicElection | undefined;
  /** As typed. */
  number: string;
  phone: string;
  choices: Choices;
  problem: VoterStop | undefined;
  /** What changed in the election while the page was open, in the language of the moment. */
  notice: (() => string) | undefined;
  /** An earlier try of the ballot that is being sent may have been recorded. */
  unsure: boolean;
};

const key = 'popvote-vote';

function readKept(): StoredVote {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? '{}') as StoredVote;
  } catch {
    return {};
  }
}

export function newMemory(): Memory {
  const kept = readKept();
  return {
    kept,
    election: undefined,
    number: '',
    phone: kept.pending?.phone ?? '',
    choices: new Map(),
    problem: undefined,
    notice: undefined,
    // A page that was loaded while a ballot was on its way cannot know how far it got.
    unsure: kept.sending !== undefined,
  };
}

/** Changes what is kept, here and in the tab's storage. */
export function keep(memory: Memory, changes: StoredVote): void {
  memory.kept = { ...memory.kept, ...changes };
  try {
    sessionStorage.setItem(key, JSON.stringify(memory.kept));
  } catch {
    // Without storage a reload starts anew; the vote itself is as safe.
  }
}

/** Forgets everything of the voter but, where given, the receipt. */
export function forget(memory: Memory, receipt?: StoredVote['receipt']): void {
  const { electionId } = memory.kept;
  Object.assign(memory, { number: '', phone: '', choices: new Map(), unsure: false, kept: {} });
  try {
    sessionStorage.removeItem(key);
  } catch {
    // There was none.
  }
  if (electionId !== undefined) keep(memory, { electionId, ...(receipt && { receipt }) });
}

export function keepPending(memory: Memory, { token, verification }: PendingSession, renewed = false): void {
  keep(memory, { pending: { token, verification, phone: memory.phone.trim(), renewed } });
}
