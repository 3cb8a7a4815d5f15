// A witness on a port of this machine, as `popvote witness` runs it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeNoteKey } from '../../../src/domain/record/note.ts';
import { createCosigning, witnessNoteKey } from '../../../src/cli/witness/cosigning.ts';
import { buildWitnessApp } from '../../../src/cli/witness/witness-app.ts';
import {
  makeWitness,
  readWitness,
  readWitnessState,
  trustLog,
  writeWitnessState,
} from '../../../src/cli/witness/witness-files.ts';
import type { WitnessState } from '../../../src/cli/witness/witness-files.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { createLogProbe } from '../log.ts';

export type RunningWitness = AsyncDisposable & {
  /** The key as a manifest names it. */
  readonly key: string;
  /** Its address while it runs. */
  url(): string;
  state(): WitnessState;
  start(): Promise<void>;
  stop(): Promise<void>;
};

/** A witness that serves the logs of a host that this key signs. */
export async function createWitness(name: string, logKey: string): Promise<RunningWitness> {
  const directory = mkdtempSync(join(tmpdir(), 'popvote-witness-'));
  const settings = makeWitness(directory, name);
  await trustLog(directory, { prefix: 'vote.example.org/log/', key: logKey });
  let app: Awaited<ReturnType<typeof buildWitnessApp>> | undefined;
  let url = 'http://127.0.0.1:9';
  let port = 0;
  const stop = async (): Promise<void> => {
    await app?.close();
    app = undefined;
  };
  return {
    key: encodeNoteKey(sha256, witnessNoteKey(settings)),
    url: () => url,
    state: () => readWitnessState(directory),
    async start() {
      const { logger } = createLogProbe('witness');
      const cosigning = createCosigning({
        settings: readWitness(directory),
        state: readWitnessState(directory),
        store: (state) => writeWitnessState(directory, state),
        onContradiction: () => undefined,
        clock: () => Date.now(),
      });
      app = await buildWitnessApp({
        cosigning,
        logger,
        metrics: createMetrics('witness'),
        version: { version: 'test', node: process.versions.node },
      });
      url = await app.listen({ host: '127.0.0.1', port });
      port = Number(new URL(url).port);
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
