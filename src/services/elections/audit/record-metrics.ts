// What operators watch of the record of acts: whether its head is still signed, so that no one can rewrite it unnoticed.
import type { Clock } from '../../../platform/clock.ts';
import { createPacedReading } from '../../../platform/health/paced-reading.ts';
import { parseJson } from '../../../platform/json.ts';
import { Gauge } from '../../../platform/metrics.ts';
import type { Metrics } from '../../../platform/metrics.ts';
import { signedRecordHead } from '../../../protocol/record-heads.ts';
import type { Pool } from '../../../store/database.ts';
import { auditChain } from '../../../store/elections/audit.ts';
import { listSignedHeads } from '../../../store/elections/record-heads.ts';

type RecordState = {
  /** When the last head was signed, in milliseconds since the epoch; null before the first. */
  readonly signedAtMs: number | null;
  /** When the oldest act was recorded that no signed head has; null if there is none. */
  readonly unsignedAtMs: number | null;
};

export async function readRecordState(pool: Pool): Promise<RecordState> {
  const [document] = await listSignedHeads(pool, 1);
  const head = document === undefined ? undefined : signedRecordHead.parse(document).head;
  const [oldest] = await auditChain(pool, head?.number ?? 0, 1);
  const { at } = (oldest ? parseJson(oldest.entry) : {}) as { readonly at?: string };
  return {
    signedAtMs: head ? Date.parse(head.signedAt) : null,
    unsignedAtMs: at === undefined ? null : Date.parse(at),
  };
}

export function registerRecordMetrics(metrics: Metrics, read: () => Promise<RecordState>, clock: Clock): void {
  const reading = createPacedReading(read);
  const add = (name: string, help: string, secondsOf: (state: RecordState) => number): void => {
    new Gauge({
      name,
      help,
      registers: [metrics],
      collect() {
        const state = reading();
        if (state) this.set(secondsOf(state));
      },
    });
  };
  const since = (ms: number): number => Math.max(0, (clock() - ms) / 1_000);
  add(
    'popvote_record_head_age_seconds',
    'Since the head of the record of acts was signed last; +Inf before the first time. Without new acts it grows.',
    ({ signedAtMs }) => (signedAtMs === null ? Infinity : since(signedAtMs)),
  );
  add(
    'popvote_record_unsigned_seconds',
    'Since the oldest act that no signed head has; 0 if there is none. A head is signed within the hour.',
    ({ unsignedAtMs }) => (unsignedAtMs === null ? 0 : since(unsignedAtMs)),
  );
}
