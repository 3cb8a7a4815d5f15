// What operators see of texts and codes. Labels are the names of configured providers and outcomes from closed sets; a
// number, a code or a country of a voter never becomes one.
import { Counter, Gauge, Histogram } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';

export type TextOutcome = 'remembered' | 'seen-before' | 'no-code' | 'no-sender' | 'bad-signature' | 'redis-away';
export type SendOutcome = 'sent' | 'timeout' | 'network' | 'refused' | 'recipient' | 'skipped';
export type CodeOutcome =
  | 'sent'
  | 'failed'
  | 'over-phone-cap'
  | 'over-prefix-cap'
  | 'over-overall-cap'
  | 'over-spend'
  | 'over-failures'
  | 'country';
export type CheckOutcome = 'right' | 'wrong' | 'no-tries' | 'expired';

export type SmsMetrics = {
  text(provider: string, outcome: TextOutcome): void;
  send(provider: string, outcome: SendOutcome, seconds?: number): void;
  code(outcome: CodeOutcome): void;
  check(outcome: CheckOutcome): void;
  breaker(provider: string, open: boolean): void;
};

export function createSmsMetrics(registry: Metrics): SmsMetrics {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers });
  const texts = counter('popvote_sms_texts_total', 'Texts that came in, by what became of them.', [
    'provider',
    'outcome',
  ]);
  const sends = counter('popvote_sms_sends_total', 'Tries to send a text, by what came of them.', [
    'provider',
    'outcome',
  ]);
  const codes = counter('popvote_sms_codes_total', 'Codes asked for, by what came of them.', ['outcome']);
  const checks = counter('popvote_sms_checks_total', 'Codes that voters typed.', ['outcome']);
  const breakers = new Gauge({
    name: 'popvote_sms_breaker_open',
    help: '1 while texts are not sent by this provider because it failed too often.',
    labelNames: ['provider'],
    registers,
  });
  const seconds = new Histogram({
    name: 'popvote_sms_send_seconds',
    help: 'Seconds that a provider took to take a text or to fail.',
    labelNames: ['provider'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8],
    registers,
  });
  return {
    text: (provider, outcome) => texts.inc({ provider, outcome }),
    send: (provider, outcome, taken) => {
      sends.inc({ provider, outcome });
      if (taken !== undefined) seconds.observe({ provider }, taken);
    },
    code: (outcome) => codes.inc({ outcome }),
    check: (outcome) => checks.inc({ outcome }),
    breaker: (provider, open) => breakers.set({ provider }, open ? 1 : 0),
  };
}
