// Requests that are held open until the voter's text arrives. Each registers, then reads the state, then waits, and the
// state is read again after every reconnection and from time to time, because pub/sub alone loses events. A waiter must
// never be lost, answered twice, or kept after its client is gone; and their number is bounded.
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../../../platform/logger.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import { Counter, Gauge } from '../../../platform/metrics.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { Attestation } from '../../../protocol/attestation.ts';
import type { SessionState } from '../../../protocol/public-api.ts';
import type { TextEvent } from '../../../protocol/verification-events.ts';
import type { HeldAnswer } from './held-answer.ts';
import type { SessionOwner } from '../sessions/sessions.ts';
import { TickWheel, tickMs } from './tick-wheel.ts';
import { countsAsHint, countsAsProof } from './verification-state.ts';
import type { VerificationState, Hint, Watched } from './verification-state.ts';
import { MultiMap } from './waiter-index.ts';

/** Between two heartbeats of an event stream, in milliseconds. */
const heartbeatMs = 15_000;
/** A wrong text this young when a request arrives is told after a second and not at the end of the wait: its voter may
 * not have heard of it yet. In milliseconds. */
const freshHintMs = 10_000;
const freshHintAfterMs = 1_000;
/** Waiters answered at a stretch during a shutdown, and read from Redis in one round trip. */
const drainChunk = 1_000;
const readChunk = 100;

/** A session that waits; `codeTag` only where a text is waited for. */
export type Waiting = SessionOwner & { readonly codeTag: string | undefined; readonly startedAtMs: number };

class Waiter {
  readonly session: Waiting;
  readonly answer: HeldAnswer;
  state: 'pending' | Hint = 'pending';
  endsAtMs: number;
  tick = 0;
  constructor(session: Waiting, answer: HeldAnswer, waitMs: number) {
    this.session = session;
    this.answer = answer;
    this.endsAtMs = performance.now() + waitMs;
  }
}

export type WaitersParts = {
  readonly read: (watched: readonly Watched[]) => Promise<VerificationState[]>;
  readonly verify: (owner: SessionOwner, attestation: Attestation) => Promise<SessionState>;
  readonly clock: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Most waiters in this process. */
  readonly waitersMax: number;
};

export class Waiters {
  readonly #parts: WaitersParts;
  readonly #bySession = new Map<string, Waiter>();
  readonly #byPhone = new MultiMap<Waiter>();
  readonly #byCode = new MultiMap<Waiter>();
  readonly #wheel = new TickWheel<Waiter>((waiter) => this.#due(waiter));
  readonly #answers: Counter<'outcome'>;
  #sweeping: Promise<void> | undefined;
  #sweepAgain = false;
  #hurry = new AbortController();
  #closed = false;

  constructor(parts: WaitersParts) {
    this.#parts = parts;
    const registers = [parts.metrics];
    const sizeOf = (): number => this.size;
    new Gauge({
      name: 'popvote_waiters',
      help: 'Requests held open at the moment.',
      registers,
      collect() {
        this.set(sizeOf());
      },
    });
    this.#answers = new Counter({
      name: 'popvote_waits_total',
      help: 'Held requests by how they ended.',
      labelNames: ['outcome'],
      registers,
    });
  }

  get size(): number {
    return this.#bySession.size;
  }

  /** Whether one more would pass the bound; a session that waits already only changes places. */
  full(sid: string): boolean {
    return this.#closed || (this.size >= this.#parts.waitersMax && !this.#bySession.has(sid));
  }

  /** Holds a request. Never rejects: every end of it is an answer. */
  async hold(session: Waiting, answer: HeldAnswer, waitMs: number): Promise<void> {
    if (this.full(session.sid)) {
      answer.refuse('busy', retrySoon().retryAfterSeconds, this.#closed);
      return;
    }
    const displaced = this.#bySession.get(session.sid);
    if (displaced) this.#finish(displaced, 'displaced', (other) => other.end(pendingText));
    const waiter = new Waiter(session, answer, waitMs);
    this.#register(waiter);
    answer.whenGone(() => this.#remove(waiter, 'gone'));
    if (answer.gone) this.#remove(waiter, 'gone');
    const [watched] = watchedOf([waiter]);
    let finding: VerificationState = { state: 'pending' };
    if (watched) {
      try {
        finding = (await this.#parts.read([watched]))[0] ?? finding;
      } catch {
        const { retryAfterSeconds } = retrySoon();
        this.#finish(waiter, 'unreadable', (held) => held.refuse('verification-unavailable', retryAfterSeconds));
        return;
      }
    }
    if (this.#isHeld(waiter)) this.#begin(waiter, finding);
  }

  /** An arrived text, as `sms` published it. */
  onText({ phoneKey, attestation }: TextEvent): void {
    const { codeTag, verifiedAtMs } = attestation;
    let meant = false;
    for (const waiter of this.#byPhone.get(phoneKey)) {
      const [watched] = watchedOf([waiter]);
      if (!watched) continue;
      if (watched.codeTag === codeTag && countsAsProof(watched, verifiedAtMs)) {
        meant = true;
        this.#verified(waiter, attestation);
      } else if (countsAsHint(watched, verifiedAtMs)) this.#hint(waiter, 'wrong-code');
    }
    // Codes are short, so two voters may hold the same: a text that served one is not another's wrong sender.
    if (meant) return;
    for (const waiter of this.#byCode.get(codeTag)) {
      const [watched] = watchedOf([waiter]);
      if (watched && watched.phoneKey !== phoneKey && countsAsHint(watched, verifiedAtMs)) {
        this.#hint(waiter, 'wrong-sender');
      }
    }
  }

  /**
   * Reads the state of every waiter again, in bounded pieces: at once, or spread over `overMs` milliseconds, so that
   * those whose text arrives meanwhile do not wait behind it. Asked for at once during a sweep, that one makes haste
   * and one more follows.
   */
  sweep(overMs = 0): Promise<void> {
    if (this.#sweeping) {
      if (overMs === 0) {
        this.#sweepAgain = true;
        this.#hurry.abort();
      }
      return this.#sweeping;
    }
    this.#hurry = new AbortController();
    this.#sweeping = this.#sweepAll(overMs).finally(() => (this.#sweeping = undefined));
    return this.#sweeping;
  }

  /** Refuses new waiters and answers those held: 503, come back in a few seconds. */
  async close(): Promise<void> {
    this.#closed = true;
    for (let held = 0; this.size > 0;) {
      for (const waiter of this.#bySession.values()) {
        const { retryAfterSeconds } = retrySoon();
        this.#finish(waiter, 'shutdown', (answer) => answer.refuse('busy', retryAfterSeconds, true));
        if ((held += 1) % drainChunk === 0) break;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#wheel.stop();
    this.#hurry.abort();
    await this.#sweeping;
  }

  async #sweepAll(overMs: number): Promise<void> {
    const { signal } = this.#hurry;
    do {
      this.#sweepAgain = false;
      const waiters = [...this.#bySession.values()].filter(({ session }) => session.codeTag !== undefined);
      try {
        for (let at = 0; at < waiters.length; at += readChunk) {
          const chunk = waiters.slice(at, at + readChunk).filter((waiter) => this.#isHeld(waiter));
          if (chunk.length > 0) this.#apply(chunk, await this.#parts.read(watchedOf(chunk)));
          const restMs = (overMs * readChunk) / waiters.length;
          if (restMs > 0 && !signal.aborted) await pause(restMs, undefined, { signal }).catch(() => undefined);
        }
      } catch (error) {
        // Redis is away; the next sweep or reconnection reads again.
        this.#parts.logger.debug({ err: error }, 'waiters.unread');
      }
    } while (this.#sweepAgain as boolean);
  }

  #apply(waiters: readonly Waiter[], findings: readonly VerificationState[]): void {
    for (const [index, waiter] of waiters.entries()) {
      const finding = findings[index];
      if (!finding || !this.#isHeld(waiter) || finding.state === 'pending') continue;
      if (finding.state === 'verified') this.#verified(waiter, finding.attestation);
      else if (finding.state !== waiter.state) this.#hint(waiter, finding.state);
    }
  }

  // After the first read. A hint that is known already does not end the wait, or a client that asks again at once would
  // never rest.
  #begin(waiter: Waiter, finding: VerificationState): void {
    if (finding.state === 'verified') {
      this.#verified(waiter, finding.attestation);
      return;
    }
    if (finding.state !== 'pending') {
      waiter.state = finding.state;
      const fresh = this.#parts.clock() - finding.atMs < freshHintMs;
      const soon = performance.now() + freshHintAfterMs;
      if (fresh && waiter.answer.style === 'json') waiter.endsAtMs = Math.min(waiter.endsAtMs, soon);
      this.#wheel.remove(waiter, waiter.tick);
      this.#schedule(waiter);
    }
    waiter.answer.tell(stateText(waiter.state));
  }

  #hint(waiter: Waiter, state: Hint): void {
    if (waiter.answer.style === 'json') {
      this.#finish(waiter, state, (answer) => answer.end(stateText(state)));
      return;
    }
    waiter.state = state;
    waiter.answer.tell(stateText(state));
  }

  #verified(waiter: Waiter, attestation: Attestation): void {
    this.#remove(waiter, 'verified');
    this.#parts.verify(waiter.session, attestation).then(
      (state) => waiter.answer.end(JSON.stringify(state)),
      (error: unknown) => {
        this.#parts.logger.error({ err: error }, 'waiter.failed');
        waiter.answer.refuse('internal', retrySoon().retryAfterSeconds);
      },
    );
  }

  #due(waiter: Waiter): void {
    if (performance.now() + tickMs / 2 >= waiter.endsAtMs) {
      this.#finish(waiter, waiter.state, (answer) =>
        answer.style === 'json' ? answer.end(stateText(waiter.state)) : answer.close(),
      );
      return;
    }
    waiter.answer.beat();
    if (this.#isHeld(waiter)) this.#schedule(waiter);
  }

  #schedule(waiter: Waiter): void {
    const leftMs = waiter.endsAtMs - performance.now();
    waiter.tick = this.#wheel.add(waiter, waiter.answer.style === 'events' ? Math.min(leftMs, heartbeatMs) : leftMs);
  }

  #register(waiter: Waiter): void {
    const { sid, phoneKey, codeTag } = waiter.session;
    this.#bySession.set(sid, waiter);
    if (codeTag !== undefined) {
      this.#byPhone.add(phoneKey, waiter);
      this.#byCode.add(codeTag, waiter);
    }
    this.#schedule(waiter);
  }

  #isHeld(waiter: Waiter): boolean {
    return this.#bySession.get(waiter.session.sid) === waiter;
  }

  #remove(waiter: Waiter, outcome: string): boolean {
    const { sid, phoneKey, codeTag } = waiter.session;
    if (!this.#isHeld(waiter)) return false;
    this.#bySession.delete(sid);
    if (codeTag !== undefined) {
      this.#byPhone.remove(phoneKey, waiter);
      this.#byCode.remove(codeTag, waiter);
    }
    this.#wheel.remove(waiter, waiter.tick);
    this.#answers.inc({ outcome });
    return true;
  }

  #finish(waiter: Waiter, outcome: string, answer: (held: HeldAnswer) => void): void {
    if (this.#remove(waiter, outcome)) answer(waiter.answer);
  }
}

/** The body of a state without a token. */
export const stateText = (state: 'pending' | Hint): string => JSON.stringify({ state });
const pendingText = stateText('pending');

function watchedOf(waiters: readonly Waiter[]): Watched[] {
  return waiters.flatMap(({ session: { phoneKey, codeTag, startedAtMs } }) =>
    codeTag === undefined ? [] : { phoneKey, codeTag, startedAtMs },
  );
}
