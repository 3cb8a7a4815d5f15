// With the simulator anyone can be any phone. So an election that counts is not announced while a process of `sms` uses
// it. Where `sms` does not report, the readiness checks say so.
import type { Clock } from '../../../platform/clock.ts';
import type { Redis } from '../../../platform/redis.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import { readProviders } from '../monitoring/edge-sums.ts';

/** Whether voters of this election would confirm phones, and its votes count. */
export const needsRealPhones = ({ rehearsal, channels }: ElectionDefinition): boolean =>
  !rehearsal && channels.includes('online');

/** Throws `conflict` for an election that counts while the simulator is in use. */
export async function rejectSimulatedPhones(
  isSimulating: () => Promise<boolean>,
  definition: ElectionDefinition,
): Promise<void> {
  if (needsRealPhones(definition) && (await isSimulating())) throw new Problem('conflict', { detail: simulatorRule });
}

export const simulatorNext =
  'Set SMS_PROVIDERS of `sms` to providers of text messages (docs/sms-providers.md), restart it, and wait half a minute.';
const simulatorRule =
  'Phones are simulated on this platform, so anyone could vote as any phone. An election that counts cannot be ' +
  `announced. ${simulatorNext} To try the platform, create this election as a rehearsal. Nothing was changed.`;

/** Whether a process of `sms` reported a moment ago that it uses the simulator. False where none reports. */
export const createIsSimulating =
  (edgeRedis: Redis, clock: Clock): (() => Promise<boolean>) =>
  () =>
    readProviders(edgeRedis, clock(), 1).then(
      ({ simulated }) => simulated,
      () => false,
    );
