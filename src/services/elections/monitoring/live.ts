// What a page shows of an election while it runs, for those who look every few seconds. It only looks; and however many
// look, the places behind are asked once in a while.
import type { Clock } from '../../../platform/clock.ts';
import type { Live } from '../../../protocol/control/live-api.ts';
import { alarmsOf } from './alarms.ts';
import { createSustained } from './sustained.ts';
import { observe } from './observation.ts';
import type { Observation } from './observation.ts';
import { inSteps } from '../turnout/turnout.ts';

/** For how long all who ask get the same answer, in milliseconds. */
const sharedMs = 1_000;
/** Elections that are remembered. */
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
    const box = observation.election.exact?.box ?? 0;
    const alarms = alarmsOf(observation, { sustainedMs, boxBefore: boxes.get(electionId) ?? 0 });
    remember(boxes, electionId, Math.max(box, boxes.get(electionId) ?? 0));
    return { ...shownOf(observation), at: new Date(clock()).toISOString(), alarms };
  };

  return (electionId) => {
    const before = shared.get(electionId);
    const ageMs = before ? clock() - before.atMs : Infinity;
    if (before && ageMs >= 0 && ageMs < sharedMs) return before.answer;
    const answer = readLive(electionId);
    remember(shared, electionId, { answer, atMs: clock() });
    // An election that is not there, or not yet, may be in a moment.
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

// The latest stands last, so that the first is what nobody has asked about for longest.
function remember<Value>(map: Map<string, Value>, electionId: string, value: Value): void {
  map.delete(electionId);
  map.set(electionId, value);
  const [oldest] = map.size > electionsMax ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}
