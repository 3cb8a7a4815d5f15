// The page's memory of one voter. The tab's storage holds tokens, the ballot that is being sent and the receipt, so
// that a reload loses none of them. The identity number and choices in progress are never stored. A cast ballot is
// deleted.
import type { Contest } from '../../domain/election.ts';
import type { Receipt, Verification } from '../../protocol/public-api.ts';
import type { PublicElection } from '../../protocol/public-document.ts';
import type { Rejection } from '../shared/calls.ts';

export type Pending = {
  readonly token: string;
  readonly phone: string;
  readonly verification: Verification;
  /** Whether this code replaced one that had been shown. */
  readonly renewed?: boolean;
};
export type PendingCast = { readonly body: string };
/** The public log of the election as the page showed it, and the key of its receipts. */
export type PageLog = { readonly origin: string; readonly kid: string; readonly x: string };
export type StoredVote = {
  electionId?: string;
  /** Of the session, with its tag. */
  ballotKey?: string;
  castTag?: string;
  pending?: Pending | undefined;
  verified?: { readonly token: string; readonly expiresAt: string } | undefined;
  sawBallot?: boolean | undefined;
  sending?: PendingCast | undefined;
  /** `code`: for people, of a receipt with a place in the public log. */
  receipt?: { readonly receipt: Receipt; readonly at: string; readonly code?: string } | undefined;
  /** Kept before the session; undefined in an election without a log. */
  log?: PageLog | undefined;
  /** A receipt that does not fit, with what it should fit. */
  evidence?: object;
};
/** Option ids, or an abstention. A contest without an entry is not answered yet. */
export type Choices = Map<string, ReadonlySet<string> | 'abstain'>;
/** Whether a contest has as many choices as it must have, or an abstention. */
export function isAnswered({ id, minChoices }: Contest, choices: Choices): boolean {
  const choice = choices.get(id);
  return choice === 'abstain' || (choice?.size ?? 0) >= minChoices;
}
/** A rejection, or a state that the page itself detected, which stops the voter. */
export type VoterStop =
  Rejection | 'expired' | 'unsure-ended' | 'unsure-closed' | 'unsure-recorded' | 'lost' | 'waiting';
export type Memory = {
  vote: StoredVote;
  election?: PublicElection | undefined;
  /** Whether the election has a public log. */
  hasLog?: true | undefined;
  /** As typed. */
  number: string;
  /** The PIN or birth date, where the election has a second element. */
  second: string;
  phone: string;
  /** Number and phone of the last session that began in this page, as typed. Never stored. */
  person?: string;
  choices: Choices;
  /** The place of the only question that the ballot shows; undefined for all of them. */
  question?: number | undefined;
  /** The voter has checked the choices, so that each question leads back to the check. */
  checked: boolean;
  /** A choice was removed because its option was withdrawn, and the voter has not chosen again. */
  choiceDropped: boolean;
  problem?: VoterStop | undefined;
  /** A change in the election while the page was open, in the current language. */
  notice?: (() => string) | undefined;
  /** An earlier try of the ballot that is being sent may have been recorded. */
  unsure: boolean;
};

const key = 'popvote-vote';

function readVote(): StoredVote {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? '{}') as StoredVote;
  } catch {
    return {};
  }
}

export function newMemory(): Memory {
  const vote = readVote();
  return {
    vote,
    number: '',
    second: '',
    phone: vote.pending?.phone ?? '',
    choices: new Map(),
    checked: false,
    choiceDropped: false,
    // After a reload during a cast, it is unknown whether the ballot was recorded.
    unsure: vote.sending !== undefined,
  };
}

/** Removes the choice of options that were withdrawn. Returns whether there was any. */
export function dropWithdrawn(memory: Memory): boolean {
  const { election, choices } = memory;
  let dropped = false;
  for (const { id, options } of election?.contests ?? []) {
    const choice = choices.get(id);
    if (!choice || choice === 'abstain') continue;
    const remaining = options
      .filter((option) => choice.has(option.id) && !option.withdrawnAt)
      .map((option) => option.id);
    if (remaining.length === choice.size) continue;
    dropped = true;
    if (remaining.length > 0) choices.set(id, new Set(remaining));
    else choices.delete(id);
  }
  memory.choiceDropped ||= dropped;
  return dropped;
}

/** Changes the stored vote, here and in the tab's storage. */
export function keep(memory: Memory, changes: StoredVote): void {
  memory.vote = { ...memory.vote, ...changes };
  try {
    sessionStorage.setItem(key, JSON.stringify(memory.vote));
  } catch {
    // Without storage a reload starts over. The vote itself is as safe.
  }
}

/** Deletes everything of the voter except what is passed: the receipt, or the evidence. */
export function forget(memory: Memory, remaining: Pick<StoredVote, 'receipt' | 'evidence'> = {}): void {
  const { electionId } = memory.vote;
  forgetChoices(memory);
  Object.assign(memory, { number: '', second: '', phone: '', person: '', vote: {} });
  try {
    sessionStorage.removeItem(key);
  } catch {
    // Without storage there is nothing to remove.
  }
  if (electionId !== undefined) keep(memory, { electionId, ...remaining });
}

/** Keeps a session that began. The choices stay for the same person alone. */
export function keepSession(memory: Memory, person: string, pending: Pending, key: StoredVote): void {
  if (memory.person !== person) forgetChoices(memory);
  memory.person = person;
  keep(memory, { ...key, pending });
}

/** For a voter who may be another person than the one before. */
export function forgetChoices(memory: Memory): void {
  Object.assign(memory, { choices: new Map(), question: undefined, checked: false, unsure: false });
}
