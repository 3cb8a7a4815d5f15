// Pending long-polls: requests that stay open until the voter's text arrives. Each registers, reads the state, then
// waits. The state is read again after every reconnection and from time to time, because pub/sub alone loses events. A
// long-poll must never be lost, answered twice, or kept after its client has disconnected. Their number is limited.
import { setTimeout as pause } from 'node:timers/promises';
import { createCallFaultLog } from '../../../platform/fault-log.ts';
import type { CallFaultLog } from '../../../platform/fault-log.ts';
import type { Logger } from '../../../platform/logger.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import { Counter, Gauge } from '../../../platform/metrics.ts';
import { isUnavailable } from '../../../platform/dependency-failures.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { Attestation } from '../../../protocol/proofs/attestation.ts';
import type { TextEvent } from '../../../protocol/verification-events.ts';
import { LongPoll, pendingText, stateText, watchedOf } from './long-poll.ts';
import type { PollingSession } from './long-poll.ts';
import type { LongPollResponse } from './long-poll-response.ts';
import type { VoterSessions } from '../sessions/sessions.ts';
import { TickWheel, tickMs } from './tick-wheel.ts';
import { isOfSession } from './text-proof.ts';
import type { ProvesPhone, Watched } from './text-proof.ts';
import type { VerificationState, Hint } from './verification-state.ts';
import { MultiMap } from './multi-map.ts';
import { createRecentIds } from '../sessions/recent-ids.ts';

/** Time between two heartbeats of an event stream, in milliseconds. */
const heartbeatMs = 15_000;
/** A hint that the client may not have seen when its request arrives is reported after this time, in milliseconds. */
const unseenHintAfterMs = 1_000;
/** Long-polls answered per turn during a shutdown, and read from Redis in one round trip. */
const drainChunk = 1_000;
const readChunk = 100;

export type LongPollsParts = {
  readonly read: (watched: readonly Watched[]) => Promise<VerificationState[]>;
  readonly provesPhone: ProvesPhone;
  readonly texted: VoterSessions['texted'];
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Most long-polls in this process. */
  readonly longPollsMax: number;
};

export class LongPolls {
  readonly #parts: LongPollsParts;
  readonly #faults: CallFaultLog;
  readonly #bySession = new Map<string, LongPoll>();
  readonly #byCode = new MultiMap<LongPoll>();
  readonly #wheel = new TickWheel<LongPoll>((poll) => this.#due(poll));
  readonly #answers: Counter<'outcome'>;
  /** Sessions, with the hints that they were answered. */
  readonly #answered = createRecentIds();
  #sweeping: Promise<void> | undefined;
  #sweepAgain = false;
  #skipPauses = new AbortController();
  #closed = false;

  constructor(parts: LongPollsParts) {
    this.#parts = parts;
    this.#faults = createCallFaultLog(parts.logger, 'error');
    const registers = [parts.metrics];
    const sizeOf = (): number => this.size;
    new Gauge({
      name: 'popvote_waiters',
      help: 'Pending long-polls.',
      registers,
      collect() {
        this.set(sizeOf());
      },
    });
    this.#answers = new Counter({
      name: 'popvote_waits_total',
      help: 'Ended long-polls by outcome.',
      labelNames: ['outcome'],
      registers,
    });
  }

  get size(): number {
    return this.#bySession.size;
  }

  /** Whether one more would exceed the limit. A session with a pending long-poll only replaces it. */
  full(sid: string): boolean {
    return this.size >= this.#parts.longPollsMax && !this.#bySession.has(sid);
  }

  /** Adds a request, for at most `waitMs` milliseconds. Never rejects: every end is an answer. */
  async add(session: PollingSession, answer: LongPollResponse, waitMs: number): Promise<void> {
    if (this.full(session.sid)) {
      answer.reject('busy', retrySoon().retryAfterSeconds);
      return;
    }
    if (this.#closed) {
      answer.end(pendingText, true);
      return;
    }
    const previous = this.#bySession.get(session.sid);
    if (previous) this.#finish(previous, 'displaced', (other) => other.end(pendingText));
    const poll = new LongPoll(session, answer, waitMs);
    this.#register(poll);
    answer.onClose(() => this.#remove(poll, 'gone'));
    if (answer.closed) this.#remove(poll, 'gone');
    const [watched] = watchedOf([poll]);
    let finding: VerificationState = { state: 'pending' };
    if (watched) {
      try {
        finding = (await this.#parts.read([watched]))[0] ?? finding;
      } catch {
        const { retryAfterSeconds } = retrySoon();
        this.#finish(poll, 'unreadable', (response) => response.reject('verification-unavailable', retryAfterSeconds));
        return;
      }
    }
    if (this.#isPending(poll)) this.#begin(poll, finding);
  }

  /** Handles an arrived text, as `sms` published it: under each name of its phone. */
  onText(texts: readonly TextEvent[]): void {
    const [text] = texts;
    if (!text) return;
    const { attestation } = text;
    const polls = this.#byCode
      .get(attestation.binding)
      .flatMap((poll) => watchedOf([poll]).map((watched) => ({ poll, watched })));
    const proven = polls.flatMap(({ poll, watched }) => {
      const proof = texts.find((one) => this.#parts.provesPhone(watched, one));
      return proof ? [{ poll, proof }] : [];
    });
    for (const { poll, proof } of proven) this.#texted(poll, proof.attestation);
    // Two voters may have the same code. A text that verified one is not another's wrong sender.
    if (proven.length > 0) return;
    for (const { poll, watched } of polls) {
      const isOther = texts.every(({ phoneKey }) => phoneKey !== watched.phoneKey);
      if (isOther && isOfSession(watched, attestation.verifiedAtMs)) this.#hint(poll, 'wrong-sender');
    }
  }

  /**
   * Reads the state of every long-poll again, in chunks: at once, or spread over `overMs` milliseconds, so that texts
   * that arrive meanwhile are not delayed. A call with 0 during a sweep makes that sweep faster, and one more follows.
   */
  sweep(overMs = 0): Promise<void> {
    if (this.#sweeping) {
      if (overMs === 0) {
        this.#sweepAgain = true;
        this.#skipPauses.abort();
      }
      return this.#sweeping;
    }
    this.#skipPauses = new AbortController();
    this.#sweeping = this.#sweepAll(overMs).finally(() => (this.#sweeping = undefined));
    return this.#sweeping;
  }

  /**
   * Answers the pending long-polls and new ones with their state, as at the end of their wait: clients request again, of
   * another process.
   */
  async close(): Promise<void> {
    this.#closed = true;
    for (let count = 0; this.size > 0;) {
      for (const poll of this.#bySession.values()) {
        this.#finish(poll, 'shutdown', (answer) => answer.end(stateText(poll.state), true));
        if ((count += 1) % drainChunk === 0) break;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#wheel.stop();
    this.#skipPauses.abort();
    await this.#sweeping;
  }

  async #sweepAll(overMs: number): Promise<void> {
    const { signal } = this.#skipPauses;
    do {
      this.#sweepAgain = false;
      const polls = [...this.#bySession.values()].filter(({ session }) => session.codeTag !== undefined);
      try {
        for (let at = 0; at < polls.length; at += readChunk) {
          const chunk = polls.slice(at, at + readChunk).filter((poll) => this.#isPending(poll));
          if (chunk.length > 0) this.#apply(chunk, await this.#parts.read(watchedOf(chunk)));
          const restMs = (overMs * readChunk) / polls.length;
          if (restMs > 0 && !signal.aborted) await pause(restMs, undefined, { signal }).catch(() => undefined);
        }
      } catch (error) {
        // Redis is unavailable. The next sweep or reconnection reads again.
        this.#parts.logger.debug({ err: error }, 'waiters.unread');
      }
    } while (this.#sweepAgain as boolean);
  }

  #apply(polls: readonly LongPoll[], findings: readonly VerificationState[]): void {
    for (const [index, poll] of polls.entries()) {
      const finding = findings[index];
      if (!finding || !this.#isPending(poll) || finding.state === 'pending') continue;
      if (finding.state === 'texted') this.#texted(poll, finding.attestation);
      else if (finding.state !== poll.state) this.#hint(poll, finding.state);
    }
  }

  // After the first read. A hint that is known already does not end the wait. Otherwise a client that requests again at
  // once would poll in a tight loop.
  #begin(poll: LongPoll, finding: VerificationState): void {
    if (finding.state === 'texted') {
      this.#texted(poll, finding.attestation);
      return;
    }
    if (finding.state !== 'pending') {
      poll.state = finding.state;
      const isUnseen = this.#isUnseen(poll, finding.state);
      const soon = performance.now() + unseenHintAfterMs;
      if (isUnseen && poll.answer.style === 'json') poll.endsAtMs = Math.min(poll.endsAtMs, soon);
      this.#wheel.remove(poll, poll.tick);
      this.#schedule(poll);
    }
    poll.answer.sendState(stateText(poll.state));
  }

  // A phone shows another program while its text arrives or is lost, so the first request after it is answered, however
  // late.
  #isUnseen({ session }: LongPoll, state: Hint): boolean {
    return this.#answered.isNew(`${session.sid} ${state}`);
  }

  #hint(poll: LongPoll, state: Hint): void {
    this.#isUnseen(poll, state);
    if (poll.answer.style === 'json') {
      this.#finish(poll, state, (answer) => answer.end(stateText(state)));
      return;
    }
    poll.state = state;
    poll.answer.sendState(stateText(state));
  }

  #texted(poll: LongPoll, attestation: Attestation): void {
    this.#remove(poll, 'texted');
    this.#parts.texted(poll.session, attestation).then(
      (state) => poll.answer.end(JSON.stringify(state)),
      (error: unknown) => {
        this.#faults.failed('waiter', error, 'waiter.failed');
        poll.answer.reject(isUnavailable(error) ? 'busy' : 'internal', retrySoon().retryAfterSeconds);
      },
    );
  }

  #due(poll: LongPoll): void {
    if (performance.now() + tickMs / 2 >= poll.endsAtMs) {
      this.#finish(poll, poll.state, (answer) =>
        answer.style === 'json' ? answer.end(stateText(poll.state)) : answer.close(),
      );
      return;
    }
    poll.answer.sendHeartbeat();
    if (this.#isPending(poll)) this.#schedule(poll);
  }

  #schedule(poll: LongPoll): void {
    const leftMs = poll.endsAtMs - performance.now();
    poll.tick = this.#wheel.add(poll, poll.answer.style === 'events' ? Math.min(leftMs, heartbeatMs) : leftMs);
  }

  #register(poll: LongPoll): void {
    const { sid, codeTag } = poll.session;
    this.#bySession.set(sid, poll);
    if (codeTag !== undefined) this.#byCode.add(codeTag, poll);
    this.#schedule(poll);
  }

  #isPending(poll: LongPoll): boolean {
    return this.#bySession.get(poll.session.sid) === poll;
  }

  #remove(poll: LongPoll, outcome: string): boolean {
    const { sid, codeTag } = poll.session;
    if (!this.#isPending(poll)) return false;
    this.#bySession.delete(sid);
    if (codeTag !== undefined) this.#byCode.remove(codeTag, poll);
    this.#wheel.remove(poll, poll.tick);
    this.#answers.inc({ outcome });
    return true;
  }

  #finish(poll: LongPoll, outcome: string, answer: (response: LongPollResponse) => void): void {
    if (this.#remove(poll, outcome)) answer(poll.answer);
  }
}
