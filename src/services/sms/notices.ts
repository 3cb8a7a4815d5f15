// Notices: a verified phone gets one text that a vote was begun with it, so that its owner can object. They are sent after
// the call of `api` was answered, a few at a time, so that no voter waits for one. `api` cannot have one sent to a phone
// that proved nothing. A notice never takes what codes need: it has caps of its own and leaves half of the money.
import { isWithin } from '../../platform/clock.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Proves } from '../../platform/keys/phone-proofs.ts';
import { mobileCountry } from '../../platform/phone/mobile-country.ts';
import type { RateLimit } from '../../platform/rate-limits.ts';
import { attestedMs } from '../../protocol/proofs/attestation.ts';
import { clockSkewSeconds } from '../../protocol/private-calls.ts';
import type { NoticeCall } from '../../protocol/sms-service.ts';
import { pendingSecondsMax } from '../../protocol/tokens.ts';
import { voteBegunText } from './codes/message-texts.ts';
import type { SendCaps } from './codes/send-caps.ts';
import type { PhoneNames } from './phone-names.ts';
import type { Failover, Senders } from './providers/failover.ts';
import type { ProviderHealth } from './providers/provider-health.ts';
import type { NoticeOutcome, SmsMetrics } from './sms-metrics.ts';

export const noticeBounds = {
  /** Most notices that wait to be sent. Beyond it they are dropped. */
  waitingMax: 10_000,
  /** Most notices that are sent at the same time, so that providers have room for codes. */
  atOnceMax: 20,
};
/** For how long a session's notice is remembered, in seconds: longer than its proof is accepted here. */
export const noticeMarkSeconds = 3_600;
/** Longest age of a proof, in milliseconds: it is made in the life of a pending session. */
const proofMsMax = pendingSecondsMax * 1_000 + attestedMs;

export type Notices = {
  /** Sends it later. The outcome is in the metrics only. */
  take(call: NoticeCall): void;
  /** Drops what waits, and resolves when nothing is under way. */
  close(): Promise<void>;
};

type NoticesParts = {
  readonly names: PhoneNames;
  readonly proves: Proves;
  /** One point for each session. */
  readonly marks: RateLimit;
  readonly caps: SendCaps;
  readonly failover: Failover;
  readonly senders: Senders;
  readonly countries: readonly string[];
  readonly health: Pick<ProviderHealth, 'recordNotice'>;
  readonly metrics: SmsMetrics;
  readonly clock: Clock;
  readonly bounds?: Partial<typeof noticeBounds>;
};

export function createNotices(parts: NoticesParts): Notices {
  const { waitingMax, atOnceMax } = { ...noticeBounds, ...parts.bounds };
  let waiting: NoticeCall[] = [];
  const underWay = new Set<Promise<void>>();
  const record = (outcome: NoticeOutcome): void => {
    parts.metrics.notice(outcome);
    if (outcome === 'sent') parts.health.recordNotice('sent');
    else if (!expected.has(outcome)) parts.health.recordNotice('failed');
  };
  const next = (): void => {
    const call = underWay.size < atOnceMax ? waiting.shift() : undefined;
    if (!call) return;
    const work = send(parts, call).then(record, () => record('redis-away'));
    const done = work.finally(() => {
      underWay.delete(done);
      next();
    });
    underWay.add(done);
  };
  return {
    take(call) {
      if (!isProven(parts, call)) record('unproven');
      else if (waiting.length >= waitingMax) record('dropped');
      else {
        waiting.push(call);
        next();
      }
    },
    async close() {
      for (const _call of waiting) record('dropped');
      waiting = [];
      await Promise.all(underWay);
    },
  };
}

/** Outcomes that are no fault. */
const expected: ReadonlySet<NoticeOutcome> = new Set(['repeated', 'unproven', 'over-phone-cap', 'country']);

function isProven({ names, proves, clock }: NoticesParts, { phone, binding, attestation }: NoticeCall): boolean {
  const { verifiedAtMs } = attestation;
  const isFresh = isWithin(clock(), verifiedAtMs, proofMsMax, clockSkewSeconds * 1_000);
  return isFresh && names.isProven(phone, (phoneKey) => proves(attestation, { phoneKey, binding }));
}

/** Rejects while Redis is unavailable. */
async function send(parts: NoticesParts, call: NoticeCall): Promise<NoticeOutcome> {
  const { names, marks, caps, failover, senders, countries } = parts;
  const { phone, locale, title, rehearsal, contact, until, timeZone } = call;
  const country = mobileCountry(phone);
  if (country === null || !countries.includes(country)) return 'country';
  if (!(await marks.take(names.limitName('notice', call.binding))).ok) return 'repeated';
  if (!(await caps.halfOfMoneyLeft())) return 'over-spend';
  const rejection = await caps.take(phone);
  if (rejection !== null) return `over-${rejection.cap}-cap`;
  const body = voteBegunText({ title, locale, rehearsal, contact, until, timeZone });
  const result = await failover.send({ to: phone, body }, senders);
  return result === 'sent' ? 'sent' : result === 'no-money' ? 'over-spend' : 'failed';
}
