// Holds texts between their arrival and Redis. Most providers send a webhook once, so a text that Redis does not take at
// once is kept here and tried again: storing it twice is harmless. The webhook is answered when Redis has the text, or with
// 503 at the end of its wait; the text is kept on. When texts may be lost, this is stored in Redis, where `api` reads it.
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../../platform/clock.ts';
import { isUnavailable } from '../../../platform/dependency-failures.ts';
import { createCallFaultLog } from '../../../platform/fault-log.ts';
import type { CallFaultLog } from '../../../platform/fault-log.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { Logger } from '../../../platform/logger.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { TextEvent } from '../../../protocol/verification-events.ts';
import type { SmsMetrics } from '../sms-metrics.ts';
import type { TextMemory, TextStored } from './text-memory.ts';

export const textKeeperBounds = {
  /** Longest wait of a webhook for Redis, in milliseconds. Providers wait for at least ten. */
  webhookMsMax: 8_000,
  /** Most texts that a process has in hand at once: more than 8 seconds of the promised rate. */
  textsMax: 10_000,
  /** Longest time for which a text is kept, in milliseconds. */
  keptMsMax: 120_000,
  /** Pause between two tries while Redis does not answer, in milliseconds. */
  tryMs: 100,
  /** Texts that are stored side by side when Redis is back. */
  storedAtOnceMax: 100,
};
export type TextKeeperBounds = typeof textKeeperBounds;

/** How far the clocks of `api` and `sms` usually differ at most, in milliseconds. */
const clocksDifferMs = 2_000;

type News = 'first connection' | 'new connection' | 'texts lost';

class KeptText {
  readonly provider: string;
  readonly events: readonly TextEvent[];
  /** By the monotone clock of the process. */
  readonly untilMs: number;
  /** Null if it was given up. */
  readonly stored: Promise<TextStored | null>;
  settle: (outcome: TextStored | null) => void = () => undefined;
  tries = 0;
  constructor(provider: string, events: readonly TextEvent[], untilMs: number) {
    this.provider = provider;
    this.events = events;
    this.untilMs = untilMs;
    this.stored = new Promise((resolve) => (this.settle = resolve));
  }
}

export type TextKeeperParts = {
  readonly memory: TextMemory;
  readonly metrics: SmsMetrics;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly bounds?: Partial<TextKeeperBounds>;
};

export class TextKeeper {
  readonly #parts: TextKeeperParts;
  readonly #bounds: TextKeeperBounds;
  /** By the name of the message, in the order of the next try. */
  readonly #texts = new Map<string, KeptText>();
  readonly #faults: CallFaultLog;
  readonly #closing = new AbortController();
  /** What is to be stored about the texts that Redis has. */
  #news: News | null = null;
  #wasConnected = false;
  #working: Promise<void> | undefined;

  constructor(parts: TextKeeperParts) {
    this.#parts = parts;
    this.#faults = createCallFaultLog(parts.logger, 'error');
    this.#bounds = { ...textKeeperBounds, ...parts.bounds };
    parts.metrics.keptTexts(() => this.size);
  }

  /** The texts in hand: those that Redis does not have yet. */
  get size(): number {
    return this.#texts.size;
  }

  /**
   * Resolves when Redis has the text. Rejects with `verification-unavailable` at the end of the wait, if too many texts
   * are in hand, and when the process ends. `events`: the text under each name of its phone. A message that comes again joins the one in hand.
   */
  keep(provider: string, messageName: string, events: readonly TextEvent[]): Promise<TextStored> {
    const inHand = this.#texts.get(messageName);
    if (inHand) return this.#answerOf(inHand).then(() => 'seen-before');
    if (this.#closing.signal.aborted) return Promise.reject(unavailable());
    if (this.size >= this.#bounds.textsMax) {
      this.#tell('texts lost');
      return Promise.reject(unavailable());
    }
    const text = new KeptText(provider, events, performance.now() + this.#bounds.keptMsMax);
    this.#texts.set(messageName, text);
    // While Redis does not answer, one text at a time is tried.
    if (!this.#working) void this.#store(messageName, text).then((stored) => (stored ? undefined : this.#work()));
    return this.#answerOf(text);
  }

  /** To be called whenever the connection to Redis becomes ready. */
  connected(): void {
    this.#tell(this.#wasConnected ? 'new connection' : 'first connection');
    this.#wasConnected = true;
  }

  /** Tries what is in hand a last time, rejects the rest, and ends. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#working;
    await Promise.all([...this.#texts].map(([name, text]) => this.#store(name, text)));
    for (const text of this.#texts.values()) text.settle(null);
    this.#texts.clear();
  }

  async #answerOf(text: KeptText): Promise<TextStored> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), this.#bounds.webhookMsMax);
    });
    const outcome = await Promise.race([text.stored, late]);
    clearTimeout(timer);
    if (outcome === null) throw unavailable();
    return outcome;
  }

  async #store(name: string, text: KeptText): Promise<boolean> {
    text.tries += 1;
    try {
      const outcome = await this.#parts.memory.remember(name, text.events);
      this.#texts.delete(name);
      // An earlier try may have stored it although its answer was lost.
      text.settle(text.tries > 1 ? 'remembered' : outcome);
      return true;
    } catch (error) {
      if (!isUnavailable(error)) this.#faults.failed('text', error, 'text.not-stored');
      return false;
    }
  }

  #tell(news: News): void {
    if (this.#news !== 'texts lost') this.#news = news;
    this.#work();
  }

  #work(): void {
    if (this.#closing.signal.aborted) return;
    this.#working ??= this.#storeAll().finally(() => (this.#working = undefined));
  }

  async #storeAll(): Promise<void> {
    const { signal } = this.#closing;
    while ((this.size > 0 || this.#news !== null) && !signal.aborted) {
      this.#giveUpOld();
      // The news last, so that no voter is asked for a text that is in hand.
      if ((await this.#storeTexts()) && (await this.#storeNews())) continue;
      await pause(this.#bounds.tryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #storeTexts(): Promise<boolean> {
    const [first] = this.#texts;
    if (first && !(await this.#store(...first))) {
      // The next try is with another one: a text that cannot be stored must not stop the others.
      if (this.#texts.delete(first[0])) this.#texts.set(...first);
      return false;
    }
    const texts = [...this.#texts];
    const { storedAtOnceMax } = this.#bounds;
    for (let at = 0; at < texts.length; at += storedAtOnceMax) {
      const chunk = texts.slice(at, at + storedAtOnceMax);
      const outcomes = await Promise.all(chunk.map(([name, text]) => this.#store(name, text)));
      if (outcomes.includes(false)) return false;
    }
    return true;
  }

  async #storeNews(): Promise<boolean> {
    const news = this.#news;
    if (news === null) return true;
    this.#news = null;
    const { memory, clock, logger } = this.#parts;
    try {
      await memory.markComplete(clock() + (news === 'first connection' ? 0 : clocksDifferMs), news === 'texts lost');
      if (news === 'texts lost') logger.error('texts.lost');
      return true;
    } catch {
      this.#news ??= news;
      return false;
    }
  }

  #giveUpOld(): void {
    for (const [name, text] of this.#texts) {
      if (performance.now() < text.untilMs) continue;
      this.#texts.delete(name);
      text.settle(null);
      this.#parts.metrics.text(text.provider, 'given-up');
      this.#news = 'texts lost';
    }
  }
}

const unavailable = (): Problem => {
  const { retryAfterSeconds } = retrySoon();
  return new Problem('verification-unavailable', { retryAfterSeconds, detail: 'Send this webhook again.' });
};
