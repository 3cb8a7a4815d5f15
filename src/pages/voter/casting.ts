// The cast. Ballot key and ballot are stored before the first send, and what is sent again is the same bytes, until there
// is a definite answer: only the receipt or a rejection that says "not recorded" ends it. One ballot counts, however often
// the network loses the answer.
import type { CastRequest, Receipt } from '../../protocol/public-api.ts';
import { call, serverNow } from '../shared/calls.ts';
import type { Outcome, Rejection } from '../shared/calls.ts';
import { forget, keep } from './memory.ts';
import type { Memory } from './memory.ts';
import { jitterMs, pause } from '../shared/pauses.ts';

/** Pause between two tries, in milliseconds: the first and the longest. */
const pauseMsFirst = 800;
const pauseMsMax = 20_000;
/** From when the voter is told that it takes long, in milliseconds. */
const longMs = 30_000;
const ballotKeyBytes = 32;

export type CastState = 'idle' | 'sending' | 'retrying' | 'long';
export type CastEnd =
  | { readonly kind: 'recorded' }
  /** Certain: not this ballot. */
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  | { readonly kind: 'session-ended'; readonly rejection: Rejection; readonly unsure: boolean };

/** The ballot key and the bytes of the request, made once and stored before anything is sent. */
function lockBallot(memory: Memory): string {
  const locked = memory.kept.sending;
  if (locked) return locked.body;
  const bytes = crypto.getRandomValues(new Uint8Array(ballotKeyBytes));
  const ballotKey = btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '');
  const contests = (memory.election?.contests ?? []).map(({ id, options }) => {
    const chosen = memory.choices.get(id);
    const ids = chosen === undefined || chosen === 'abstain' ? [] : options.filter((option) => chosen.has(option.id));
    return { contestId: id, choices: ids.map((option) => option.id) };
  });
  const body = JSON.stringify({ ballotKey, ballot: { contests } } satisfies CastRequest);
  keep(memory, { sending: { ballotKey, body } });
  return body;
}

/** Sends until there is a definite answer. */
export async function castBallot(memory: Memory, tell: (state: CastState) => void): Promise<CastEnd> {
  const body = lockBallot(memory);
  const startedAtMs = Date.now();
  const never = new AbortController().signal;
  tell('sending');
  for (let failures = 1; ; failures += 1) {
    const token = memory.kept.verified?.token;
    const outcome = await call<{ receipt: Receipt }>('POST', '/v1/ballots', { token, body });
    const end = endOf(memory, outcome);
    if (end) return end;
    tell(Date.now() - startedAtMs > longMs ? 'long' : 'retrying');
    const retryAfterMs = outcome.kind === 'rejection' ? outcome.rejection.retryAfterMs : 0;
    await pause(retryAfterMs + jitterMs(failures, pauseMsFirst, pauseMsMax), never);
  }
}

function endOf(memory: Memory, outcome: Outcome<{ receipt: Receipt }>): CastEnd | null {
  if (outcome.kind === 'answer') {
    forget(memory, { receipt: outcome.value.receipt, at: new Date(serverNow()).toISOString() });
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
    // What was surely not recorded may be changed; what may have been stays locked until that is known.
    keep(memory, { pending: undefined, verified: undefined, ...(!unsure && { sending: undefined }) });
    return { kind: 'session-ended', rejection, unsure };
  }
  if (rejection.retry === 'never') forget(memory);
  else keep(memory, { sending: undefined });
  memory.unsure = false;
  return { kind: 'rejected', rejection };
}
