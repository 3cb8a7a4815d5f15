// The metrics of texts and codes. Labels are the names of configured providers and outcomes from closed sets. They
// never contain a number, a code or a voter's country.
import { Counter, Gauge, Histogram } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';

export type TextOutcome =
  'remembered' | 'seen-before' | 'no-code' | 'no-sender' | 'bad-signature' | 'redis-away' | 'given-up';
export type SendOutcome = 'sent' | 'timeout' | 'network' | 'refused' | 'recipient' | 'skipped';
export type CodeOutcome =
  | 'sent'
  | 'failed'
  | 'over-phone-cap'
  | 'over-prefix-cap'
  | 'over-overall-cap'
  | 'over-spend'
  | 'over-failures'
  | 'country'
  | 'unproven';
export type NoticeOutcome =
  | 'sent'
  | 'failed'
  | 'repeated'
  | 'unproven'
  | 'country'
  | 'over-phone-cap'
  | 'over-prefix-cap'
  | 'over-overall-cap'
  | 'over-spend'
  | 'dropped'
  | 'redis-away';
export type CheckOutcome = 'right' | 'wrong' | 'no-tries' | 'expired';

export type SmsMetrics = {
  text(provider: string, outcome: TextOutcome): void;
  send(provider: string, outcome: SendOutcome, seconds?: number): void;
  /** Codes that were made for voters to text in. */
  textCodes(count: number): void;
  code(outcome: CodeOutcome): void;
  notice(outcome: NoticeOutcome): void;
  check(outcome: CheckOutcome): void;
  breaker(provider: string, open: boolean): void;
  /** The part of the edge Redis' memory that is used: 1 is full. */
  redisMemory(part: number): void;
  /** Makes a gauge of the texts that Redis does not have yet. */
  keptTexts(sizeOf: () => number): void;
};

export function createSmsMetrics(registry: Metrics): SmsMetrics {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers });
  const texts = counter('popvote_sms_texts_total', 'Inbound texts by outcome.', ['provider', 'outcome']);
  const sends = counter('popvote_sms_sends_total', 'Tries to send a text, by outcome.', ['provider', 'outcome']);
  const textCodes = new Counter({
    name: 'popvote_sms_text_codes_total',
    help: 'Codes made for voters to text in. The alarm text-codes-in-excess compares them with those that api asked for.',
    registers,
  });
  const codes = counter('popvote_sms_codes_total', 'Requested codes by outcome.', ['outcome']);
  const notices = counter('popvote_sms_notices_total', 'Notices to verified phones by outcome.', ['outcome']);
  const checks = counter('popvote_sms_checks_total', 'Codes that voters entered, by outcome.', ['outcome']);
  const breakers = new Gauge({
    name: 'popvote_sms_breaker_open',
    help: '1 while this provider sends no texts because it failed too often.',
    labelNames: ['provider'],
    registers,
  });
  const redisMemory = new Gauge({
    name: 'popvote_edge_redis_memory_part',
    help: 'Part of the memory of the edge Redis that is used. 1 is full: then texts are refused. Raise an alarm at 0.7.',
    registers,
  });
  const seconds = new Histogram({
    name: 'popvote_sms_send_seconds',
    help: 'Seconds until a provider accepted a text or failed.',
    labelNames: ['provider'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8],
    registers,
  });
  return {
    text: (provider, outcome) => texts.inc({ provider, outcome }),
    send: (provider, outcome, duration) => {
      sends.inc({ provider, outcome });
      if (duration !== undefined) seconds.observe({ provider }, duration);
    },
    textCodes: (count) => textCodes.inc(count),
    code: (outcome) => codes.inc({ outcome }),
    notice: (outcome) => notices.inc({ outcome }),
    check: (outcome) => checks.inc({ outcome }),
    breaker: (provider, open) => breakers.set({ provider }, open ? 1 : 0),
    redisMemory: (part) => redisMemory.set(part),
    keptTexts(sizeOf) {
      new Gauge({
        name: 'popvote_sms_texts_kept',
        help: 'Texts that arrived and are not in Redis yet.',
        registers,
        collect() {
          this.set(sizeOf());
        },
      });
    },
  };
}
