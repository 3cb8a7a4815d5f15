// Voters by the thousand: a closed loop that finds how many votes the platform takes, and an open model in which voters
// come when they come, whether or not the platform keeps up, so that waiting shows where it is felt.
import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionPool } from './keep-alive-client.ts';
import { vote } from './voter.ts';
import type { Doors, Step, Target, Vote } from './voter.ts';

/** Connections to the API: as many voters as wait or are being served at once. */
const apiConnectionsMax = 8_000;
const smsConnectionsMax = 256;
/** Most voters under way in the open model. Voters beyond it are counted as dropped and not hidden. */
const underWayMax = 6_000;
/** After a rejection a voter of the closed loop comes back within this time, as Retry-After asks for, in milliseconds. */
const comeBackMsMax = 2_000;
/** Part of the time after which `steady` counts. */
const steadyFrom = 0.2;
/** Receipts that are kept to be verified. */
const receiptsKept = 500;

export type LoadResult = {
  readonly seconds: number;
  readonly started: number;
  readonly recorded: number;
  /** Casts that were sent again, by reason. */
  readonly resent: Readonly<Record<string, number>>;
  readonly dropped: number;
  /** Voters who came, and receipts, per second, after the queues filled and before the last voter came. */
  readonly steady: { readonly offered: number; readonly served: number };
  /** Failures by step and reason. */
  readonly failures: Readonly<Record<string, number>>;
  /** Milliseconds by step; `vote` runs from when the voter came, and so does `session` in the open model. */
  readonly ms: Readonly<Record<Step | 'vote', readonly number[]>>;
  readonly receipts: readonly string[];
};

export const isBusy = (why: string): boolean => /\b503\b/.test(why);

/** Failures of several runs: as busy, an honest answer under a load that is too great, and all others, which are faults. */
export function failuresIn(results: readonly LoadResult[]): { readonly busy: number; readonly others: string[] } {
  const all = results.flatMap(({ failures }) => Object.entries(failures));
  return {
    busy: all.reduce((sum, [why, count]) => sum + (isBusy(why) ? count : 0), 0),
    others: all.filter(([why]) => !isBusy(why)).map(([why, count]) => `${count} ${why}`),
  };
}

export type Load = {
  /** `voters` at once, each followed by the next, for some seconds. */
  closed(options: { voters: number; seconds: number }): Promise<LoadResult>;
  /** `rate` voters a second at random times (a Poisson process), for some seconds. */
  open(options: { rate: number; seconds: number }): Promise<LoadResult>;
  /** The number of the next voter. */
  readonly nextVoter: number;
  close(): void;
};

export function createLoad(target: Target, firstVoter: number, localAddresses: readonly string[] = []): Load {
  const doors: Doors = {
    api: new ConnectionPool(target.api, apiConnectionsMax, localAddresses),
    sms: new ConnectionPool(target.sms, smsConnectionsMax),
  };
  let next = firstVoter;

  const closed: Load['closed'] = async ({ voters, seconds }) => {
    const collector = createCollector(seconds);
    const endsAt = performance.now() + seconds * 1_000;
    const voter = async (): Promise<void> => {
      while (performance.now() < endsAt) {
        const started = performance.now();
        collector.came();
        const result = await vote(target, doors, (next += 1));
        collector.add(result, started, started);
        if (result.outcome === 'failed' && performance.now() < endsAt) await pause(Math.random() * comeBackMsMax);
      }
    };
    await Promise.all(Array.from({ length: voters }, voter));
    return collector.result();
  };

  const open: Load['open'] = async ({ rate, seconds }) => {
    const collector = createCollector(seconds);
    const begin = performance.now();
    const underWay = new Set<Promise<void>>();
    for (let dueMs = 0; ;) {
      dueMs -= (Math.log(1 - Math.random()) / rate) * 1_000;
      if (dueMs > seconds * 1_000) break;
      const early = begin + dueMs - performance.now();
      if (early > 1) await pause(early);
      collector.came();
      if (underWay.size >= underWayMax) collector.drop();
      else {
        const started = performance.now();
        const cameAt = Math.min(begin + dueMs, started);
        const one: Promise<void> = vote(target, doors, (next += 1)).then((result) => {
          collector.add(result, cameAt, started);
          underWay.delete(one);
        });
        underWay.add(one);
      }
    }
    await Promise.all(underWay);
    return collector.result();
  };

  return {
    closed,
    open,
    get nextVoter() {
      return next;
    },
    close() {
      doors.api.close();
      doors.sms.close();
    },
  };
}

function createCollector(plannedSeconds: number) {
  const begin = performance.now();
  const steadySeconds = (1 - steadyFrom) * plannedSeconds;
  const isSteady = (): boolean => {
    const passed = (performance.now() - begin) / 1_000;
    return passed >= plannedSeconds - steadySeconds && passed < plannedSeconds;
  };
  const steady = { came: 0, served: 0 };
  const failures: Record<string, number> = {};
  const ms: Record<Step | 'vote', number[]> = { session: [], verify: [], cast: [], vote: [] };
  const receipts: string[] = [];
  const resent: Record<string, number> = {};
  const count = { started: 0, recorded: 0, dropped: 0 };
  return {
    came(): void {
      if (isSteady()) steady.came += 1;
    },
    add(result: Vote, cameAt: number, startedAt: number): void {
      count.started += 1;
      if (result.outcome === 'failed') {
        const reason = `${result.step}: ${result.why}`;
        failures[reason] = (failures[reason] ?? 0) + 1;
        return;
      }
      count.recorded += 1;
      if (isSteady()) steady.served += 1;
      for (const why of result.resent) resent[why] = (resent[why] ?? 0) + 1;
      ms.session.push(result.ms.session + startedAt - cameAt);
      ms.verify.push(result.ms.verify);
      ms.cast.push(result.ms.cast);
      ms.vote.push(performance.now() - cameAt);
      if (receipts.length < receiptsKept) receipts.push(result.receipt);
    },
    drop(): void {
      count.dropped += 1;
    },
    result: (): LoadResult => ({
      ...count,
      steady: { offered: steady.came / steadySeconds, served: steady.served / steadySeconds },
      resent,
      seconds: (performance.now() - begin) / 1_000,
      failures,
      ms,
      receipts,
    }),
  };
}
