// The logic of `herald`: a loop that publishes the logs in the folder of `log`. It has no key, no database and no Redis.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeNoteKey } from '../../domain/record/note.ts';
import type { Clock } from '../../platform/clock.ts';
import { sha256 } from '../../platform/content-hash.ts';
import { openDurableFolder } from '../../platform/durable-folder.ts';
import { createFaultLog } from '../../platform/fault-log.ts';
import type { Logger } from '../../platform/logger.ts';
import { createLoop } from '../../platform/loop.ts';
import type { Loop } from '../../platform/loop.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Finding } from '../../protocol/control/system-api.ts';
import { NotPublishable } from './copy-tree.ts';
import { currentLogs, isPublishable, isRefused } from './current-logs.ts';
import type { DatedLog } from './current-logs.ts';
import { createHeraldMetrics } from './herald-metrics.ts';
import { logFindings } from './log-findings.ts';
import type { PublishedLog } from './log-findings.ts';
import { namedLogs } from './named-logs.ts';
import type { NamedLog } from './named-logs.ts';
import { createLogPublisher } from './publish-log.ts';
import type { LogPublisher, PublishedState } from './publish-log.ts';
import { createAskWitness } from './witness-calls.ts';
import type { AskWitness, Witness } from './witness-calls.ts';

/** How long a checkpoint may wait for its witnesses before people are warned, in milliseconds. */
export const lateMsMin = 600_000;
/** The part of the work that is no election's. */
const wholeStep = '';
/** The service is not ready after this long without a completed step, in milliseconds. */
const silentMsMax = 60_000;

export type HeraldDependencies = {
  readonly sourceDirectory: string;
  readonly directory: string;
  readonly witnesses: readonly { readonly key: string; readonly url: string }[];
  /** Pause between two steps, in milliseconds. */
  readonly pollMs: number;
  /** That of this machine: `herald` reaches no database. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly ask?: AskWitness;
  /** Instead of `lateMsMin`. */
  readonly lateMs?: number;
};

export type HeraldLogic = {
  /** Started and stopped with the application. */
  readonly publishing: Pick<Loop, 'start' | 'stop'>;
  /** One step over all logs. Never rejects for one log. */
  step(): Promise<void>;
  alive(): boolean;
  /** Whether every log could be published, and none is late. */
  current(): boolean;
  findings(): readonly Finding[];
};

const isLate = (lateMs: number, { waitingSinceMs }: PublishedState): boolean =>
  waitingSinceMs !== null && performance.now() - waitingSinceMs >= lateMs;

export function createHeraldLogic(dependencies: HeraldDependencies): HeraldLogic {
  const { logger, pollMs, sourceDirectory, directory, clock, lateMs = lateMsMin } = dependencies;
  const ask = dependencies.ask ?? createAskWitness(clock);
  const faults = createFaultLog(logger);
  const contradictions = createFaultLog(logger);
  const lateness = createFaultLog(logger, 'warn');
  const metrics = createHeraldMetrics(dependencies.metrics);
  const witnesses = witnessesOf(dependencies.witnesses);
  const publishers = new Map<string, LogPublisher>();
  let states: readonly DatedLog[] = [];
  let completedMs = performance.now();
  const publisherOf = (name: NamedLog): LogPublisher => {
    const folder = join(name.electionId, name.hash);
    const existing = publishers.get(folder);
    if (existing) return existing;
    const source = openDurableFolder(join(sourceDirectory, folder));
    const own = openDurableFolder(join(directory, folder));
    const publisher = createLogPublisher({ source, own, name, witnesses, ask, clock });
    publishers.set(folder, publisher);
    return publisher;
  };
  const stateOf = async (name: NamedLog): Promise<PublishedState | NotPublishable | null> => {
    const { electionId, hash } = name;
    const part = join(electionId, hash);
    try {
      const state = await publisherOf(name).step();
      faults.succeeded(part);
      const { cosigned, quorum } = state;
      if (isLate(lateMs, state)) lateness.failed(part, undefined, 'herald.late', { electionId, cosigned, quorum });
      else lateness.succeeded(part);
      if (state.contradicted) contradictions.failed(part, undefined, 'herald.contradicted', { electionId });
      else contradictions.succeeded(part);
      return state;
    } catch (error) {
      metrics.failures.inc();
      faults.failed(part, error, 'herald.failed', { electionId });
      return error instanceof NotPublishable ? error : null;
    }
  };
  const step = async (): Promise<void> => {
    const dated: DatedLog[] = [];
    for (const name of await namedLogs(sourceDirectory)) {
      const state = await stateOf(name);
      if (state) dated.push({ ...name, state, sinceMs: await manifestMs(sourceDirectory, name) });
    }
    states = currentLogs(dated);
    setGauges(metrics, states, (state) => isLate(lateMs, state));
    completedMs = performance.now();
    faults.succeeded(wholeStep);
  };
  const loop = createLoop({
    turn: async () => {
      await step();
      return pollMs;
    },
    failureMs: pollMs,
    onError: (error) => faults.failed(wholeStep, error, 'herald.step-failed'),
  });
  const findings = (): readonly Finding[] => logFindings(states, (state) => isLate(lateMs, state));
  return {
    publishing: { start: () => loop.start(), stop: () => loop.stop() },
    step,
    alive: () => performance.now() - completedMs < silentMsMax,
    current: () => findings().every(({ state }) => state === 'ok'),
    findings,
  };
}

function setGauges(
  metrics: ReturnType<typeof createHeraldMetrics>,
  states: readonly PublishedLog[],
  isWaiting: (state: PublishedState) => boolean,
): void {
  const all = states.map(({ state }) => state);
  metrics.refused.set(all.filter(isRefused).length);
  metrics.late.set(all.filter(isPublishable).filter(isWaiting).length);
  for (const { electionId, state } of states)
    if (isPublishable(state)) metrics.entries.set({ election: electionId }, state.publishedSize);
}

/** 0 without a manifest. Copies of the folder keep the time. */
const manifestMs = async (directory: string, { electionId, hash }: NamedLog): Promise<number> =>
  stat(join(directory, electionId, hash, 'manifest.json')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

function witnessesOf(configured: HeraldDependencies['witnesses']): readonly Witness[] {
  return configured.flatMap(({ key: keyText, url }) => {
    const key = decodeNoteKey(sha256, keyText);
    return key ? [{ key, keyText, url }] : [];
  });
}
