// With the simulator anyone can be any phone. So an election that counts is announced only while `sms` reports, and none
// of its processes uses it.
import type { Clock } from '../../../platform/clock.ts';
import type { Redis } from '../../../platform/redis.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import { readProviders } from '../monitoring/edge-sums.ts';

/** Whether voters of this election would confirm phones, and its votes count. */
export const needsRealPhones = ({ rehearsal, channels }: ElectionDefinition): boolean =>
  !rehearsal && channels.includes('online');

/** Throws `conflict` for an election that counts while the simulator is in use, and `busy` while that is not known. */
export async function rejectSimulatedPhones(isSimulating: IsSimulating, definition: ElectionDefinition): Promise<void> {
  if (!needsRealPhones(definition)) return;
  const simulating = await isSimulating();
  if (simulating === null) throw new Problem('busy', { ...retrySoon(), detail: notKnown });
  if (simulating) throw new Problem('conflict', { detail: simulatorRule });
}

export const simulatorNext =
  'Set SMS_PROVIDERS of `sms` to providers of text messages (docs/sms-providers.md), restart it, and wait half a minute.';
const simulatorRule =
  'Phones are simulated on this platform, so anyone could vote as any phone. An election that counts cannot be ' +
  `announced. ${simulatorNext} To try the platform, create this election as a rehearsal. Nothing was changed.`;

const notKnown =
  '`sms` has not reported yet whether phones are simulated, so an election that counts cannot be announced. Start `sms`, ' +
  'and try again in half a minute. Nothing was changed.';

/** Null: not known. */
export type IsSimulating = () => Promise<boolean | null>;

/** Whether a process of `sms` reported a moment ago that it uses the simulator. Null where none reports. */
export const createIsSimulating =
  (edgeRedis: Redis, clock: Clock): IsSimulating =>
  () =>
    readProviders(edgeRedis, clock(), 1).then(
      ({ reporting, simulated }) => (reporting ? simulated : null),
      () => null,
    );
