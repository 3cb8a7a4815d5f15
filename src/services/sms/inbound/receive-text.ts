// An inbound text: from a number and a body to an attestation in Redis. The sender gets the same answer for every text.
// A text from one phone can never verify another, because the attestation covers the phone.
import type { Clock } from '../../../platform/clock.ts';
import type { TextCodes } from '../../../platform/keys/text-codes.ts';
import { e164 } from '../../../platform/phone/phone-number.ts';
import type { CountryCode } from '../../../platform/phone/phone-number.ts';
import type { Attest } from '../attestations.ts';
import type { PhoneNames } from '../phone-names.ts';
import type { InboundText } from '../providers/provider.ts';
import type { SmsMetrics } from '../sms-metrics.ts';
import { codeInText } from './text-code.ts';
import type { TextKeeper } from './text-keeper.ts';

/** Processes one text. Throws `verification-unavailable` if Redis does not take it in time. */
export type ReceiveText = (provider: string, text: InboundText) => Promise<void>;

export function createReceiveText(parts: {
  readonly names: PhoneNames;
  readonly attest: Attest;
  readonly codes: Pick<TextCodes, 'tagsOf'>;
  readonly keeper: TextKeeper;
  readonly metrics: SmsMetrics;
  readonly region: CountryCode;
  readonly clock: Clock;
}): ReceiveText {
  const { names, attest, codes, keeper, metrics, region, clock } = parts;
  return async (provider, text) => {
    const phone = e164(text.from, region);
    if (phone === null) {
      metrics.text(provider, 'no-sender');
      return;
    }
    const code = codeInText(text.body);
    if (code === null) {
      metrics.text(provider, 'no-code');
      return;
    }
    const phoneKeys = names.phoneKeys(phone);
    const atMs = clock();
    // Only while the keys of codes are rotated is there more than one.
    const keeping = codes.tagsOf(code).map((codeTag, index) => {
      const events = phoneKeys.map(({ phoneKey, textCheck }) => {
        const attestation = attest('text-in', phoneKey, codeTag, atMs);
        return { phoneKey, attestation, check: textCheck(attestation) };
      });
      return keeper.keep(provider, names.messageName(provider, text.messageId, index), events);
    });
    try {
      const [outcome] = await Promise.all(keeping);
      if (outcome) metrics.text(provider, outcome);
    } catch (error) {
      metrics.text(provider, 'redis-away');
      throw error;
    }
  };
}
