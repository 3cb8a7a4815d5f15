// Makes the codes that voters text in. `api` has no key for them: it asks for the code of each session and shows it.
import type { Clock } from '../../../platform/clock.ts';
import type { TextCodes } from '../../../platform/keys/text-codes.ts';
import type { TextCode } from '../../../protocol/sms-service.ts';
import type { CodeFor } from '../../../protocol/proofs/text-codes.ts';
import type { Reporting } from '../reporting.ts';
import type { SmsMetrics } from '../sms-metrics.ts';

/** The codes of these sessions, in their order. */
export type MakeTextCodes = (uses: readonly CodeFor[]) => TextCode[];

export function createMakeTextCodes(parts: {
  readonly codes: Pick<TextCodes, 'make'>;
  readonly metrics: Pick<SmsMetrics, 'textCodes'>;
  readonly reporting: Pick<Reporting, 'madeTextCodes'>;
  readonly clock: Clock;
}): MakeTextCodes {
  return (uses) => {
    const nowMs = parts.clock();
    parts.metrics.textCodes(uses.length);
    parts.reporting.madeTextCodes(uses.length);
    return uses.map((use) => parts.codes.make(use, nowMs));
  };
}
