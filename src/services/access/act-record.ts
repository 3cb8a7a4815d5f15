// Puts acts on accounts into the database, where `elections` asks for them. In their order, each once. While the database
// is unavailable they wait here, and are stored when it is back.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../../platform/logger.ts';
import type { AccessAct } from '../../protocol/control/access-acts.ts';
import { recordAct } from '../../store/access/acts.ts';
import type { Pool } from '../../store/database.ts';

/** Acts that wait. Beyond them an act is only in the log. */
const actsWaitingMax = 10_000;
/** Pause before another try, in milliseconds. */
const againMs = 500;
/** Longest time for which an answer waits for the record of its act, in milliseconds. */
const answerWaitsMs = 3_000;

export type ActRecord = {
  add(act: AccessAct): void;
  /** Resolves when what was added is stored, or after three seconds. */
  stored(): Promise<void>;
  /** As `stored`; what then still waits is only in the log. */
  stop(): Promise<void>;
};

export function createActRecord({ pool, logger }: { readonly pool: Pool; readonly logger: Logger }): ActRecord {
  const waiting: { readonly id: string; readonly act: AccessAct }[] = [];
  let writing: Promise<void> | null = null;
  let stopped = false;
  const write = async (): Promise<void> => {
    for (let next = waiting[0]; next !== undefined && !stopped; next = waiting[0]) {
      try {
        await recordAct(pool, next.id, next.act);
        waiting.shift();
      } catch (error) {
        logger.warn({ err: error, waiting: waiting.length }, 'acts.not-recorded');
        await pause(againMs);
      }
    }
    writing = null;
  };
  const stored = async (): Promise<void> => {
    if (writing === null) return;
    const over = new AbortController();
    await Promise.race([writing, pause(answerWaitsMs, undefined, { signal: over.signal }).catch(() => undefined)]);
    over.abort();
  };
  return {
    add(act) {
      if (waiting.length >= actsWaitingMax) {
        logger.error({ act: act.act }, 'acts.lost');
        return;
      }
      waiting.push({ id: randomUUID(), act });
      writing ??= write();
    },
    stored,
    async stop() {
      await stored();
      stopped = true;
    },
  };
}
