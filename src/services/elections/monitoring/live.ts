// The data of the live page of an election, which is polled every few seconds. Read only. Answers are shared for a
// second, so the load on other services does not grow with the number of pages.
import { isWithin } from '../../../platform/clock.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Live } from '../../../protocol/control/live-api.ts';
import { alarmsOf } from './alarms.ts';
import { createSustained } from './sustained.ts';
import { observe } from './observation.ts';
import type { Observation } from './observation.ts';
import { inSteps } from '../turnout/turnout.ts';

/** How long an answer is shared, in milliseconds. */
const sharedMs = 1_000;
/** Most elections in memory. */
const electionsMax = 200;

/** Throws `election-not-found`, or `conflict` for a draft. */
export type ShowLive = (electionId: string) => Promise<Live>;

export function createLive(parts: Parameters<typeof observe>[0] & { readonly clock: Clock }): ShowLive {
  const { clock } = parts;
  const sustainedMs = createSustained(clock);
  const shared = new Map<string, { readonly answer: Promise<Live>; readonly atMs: number }>();
  const boxes = new Map<string, number>();

  const readLive = async (electionId: string): Promise<Live> => {
    const observation = await observe(parts, electionId);
    const { exact } = observation.election;
    const box = (exact?.box ?? 0) + (exact?.repeated ?? 0);
    const alarms = alarmsOf(observation, { sustainedMs, boxBefore: boxes.get(electionId) ?? 0 });
    remember(boxes, electionId, Math.max(box, boxes.get(electionId) ?? 0));
    return { ...shownOf(observation), at: new Date(clock()).toISOString(), alarms };
  };

  return (electionId) => {
    const before = shared.get(electionId);
    if (before && isWithin(clock(), before.atMs, sharedMs)) return before.answer;
    const answer = readLive(electionId);
    remember(shared, electionId, { answer, atMs: clock() });
    // Errors are not shared.
    answer.catch(() => {
      if (shared.get(electionId)?.answer === answer) shared.delete(electionId);
    });
    return answer;
  };
}

function shownOf({ election, edge, control }: Observation): Omit<Live, 'at' | 'alarms'> {
  const { turnout, exact, definition } = election;
  const waiting = control?.queued ?? [];
  const hasBatches = definition.channels.includes('batches');
  return {
    turnout,
    funnel: edge?.funnel ?? null,
    queues: {
      outbox: exact && inSteps(exact.outbox, turnout.step),
      batches:
        control && hasBatches
          ? { files: waiting.length + control.arriving, rows: waiting.reduce((sum, { rows }) => sum + rows, 0) }
          : null,
    },
    providers: edge?.providers.providers ?? null,
  };
}

// Insertion order is access order, so the first entry is the least recently used.
function remember<Value>(map: Map<string, Value>, electionId: string, value: Value): void {
  map.delete(electionId);
  map.set(electionId, value);
  const [oldest] = map.size > electionsMax ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}
