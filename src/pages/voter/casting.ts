// Casting. The ballot is stored before the first request, and every retry sends the same bytes
// until the answer is definite: the receipt, or a rejection that the ballot was not recorded. So one ballot counts,
// however often the network loses the answer.
import type { CastRequest, Receipt } from '../../protocol/public-api.ts';
import { call, serverNow } from '../shared/calls.ts';
import type { Outcome, Rejection } from '../shared/calls.ts';
import { forget, keep } from './memory.ts';
import type { Memory } from './memory.ts';
import { loadPart } from './parts.ts';
import { jitterMs, retryPause } from '../shared/pauses.ts';

/** Pause between two tries, in milliseconds: the first and the longest. */
const pauseMsFirst = 800;
const pauseMsMax = 20_000;
/** Time after which the voter is informed of the delay, in milliseconds. */
const longMs = 30_000;

export type CastState = 'idle' | 'sending' | 'retrying' | 'long';
export type CastEnd =
  /** With a receipt; or with one that does not fit this vote, which is kept as evidence. */
  | { readonly kind: 'recorded' }
  /** Certain: this ballot was not recorded. */
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  /** An earlier ballot is recorded: most likely this one, which was sent before in another session. */
  | { readonly kind: 'unsure-recorded' }
  | { readonly kind: 'session-ended'; readonly rejection: Rejection; readonly unsure: boolean };

/** A server may deny the log that it named before. */
const hasLog = (memory: Memory): boolean => memory.hasLog === true || memory.vote.log !== undefined;

/** The bytes of the request, created once and stored before anything is sent. */
function lockBallot(memory: Memory): string {
  const locked = memory.vote.sending;
  if (locked) return locked.body;
  const { ballotKey = '' } = memory.vote;
  const contests = (memory.election?.contests ?? []).map(({ id, options }) => {
    const choice = memory.choices.get(id);
    const ids = choice === undefined || choice === 'abstain' ? [] : options.filter((option) => choice.has(option.id));
    return { contestId: id, choices: ids.map((option) => option.id) };
  });
  const body = JSON.stringify({ ballotKey, ballot: { contests } } satisfies CastRequest);
  keep(memory, { sending: { body } });
  return body;
}

/** Sends until there is a definite answer. */
export async function castBallot(memory: Memory, report: (state: CastState) => void): Promise<CastEnd> {
  const body = lockBallot(memory);
  const startedAtMs = Date.now();
  report('sending');
  if (hasLog(memory)) await loadPart('logCheck', () => report('retrying'));
  for (let failures = 1; ; failures += 1) {
    const token = memory.vote.verified?.token;
    const outcome = await call<{ receipt: Receipt }>('POST', '/v1/ballots', { token, body });
    const end = await endOf(memory, outcome);
    if (end) return end;
    report(Date.now() - startedAtMs > longMs ? 'long' : 'retrying');
    await retryPause(outcome, jitterMs(failures, pauseMsFirst, pauseMsMax));
  }
}

async function endOf(memory: Memory, outcome: Outcome<{ receipt: Receipt }>): Promise<CastEnd | null> {
  if (outcome.kind === 'answer') {
    const { receipt } = outcome.value;
    const at = new Date(serverNow()).toISOString();
    const part = hasLog(memory) && (await loadPart('logCheck'));
    forget(memory, part ? await part.keptOf(receipt, at, memory.vote) : { receipt: { receipt, at } });
    return { kind: 'recorded' };
  }
  if (outcome.kind === 'lost' || outcome.rejection.recorded === 'unknown') {
    memory.unsure = true;
    return null;
  }
  const { rejection } = outcome;
  if (rejection.retry === 'same-bytes') return null;
  if (rejection.retry === 'new-session') {
    const { unsure } = memory;
    // A ballot that was certainly not recorded may be changed. One that may have been recorded stays locked.
    keep(memory, { pending: undefined, verified: undefined, ...(!unsure && { sending: undefined }) });
    return { kind: 'session-ended', rejection, unsure };
  }
  const wasUnsure = memory.unsure;
  if (rejection.retry === 'never') forget(memory);
  else keep(memory, { sending: undefined });
  memory.unsure = false;
  return wasUnsure && rejection.recorded === 'earlier' ? { kind: 'unsure-recorded' } : { kind: 'rejected', rejection };
}
