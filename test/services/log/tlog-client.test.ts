// The log as others read it: Go's client for transparency logs verifies the checkpoint and proves entries, by HTTP.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeNoteKey } from '../../../src/domain/record/note.ts';
import { logNoteKey } from '../../../src/domain/record/signed-checkpoint.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createHttp } from '../../../src/platform/http/http.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { logFileRoutes } from '../../../src/services/api/routes/log-files.ts';
import { createHeraldLogic } from '../../../src/services/herald/logic.ts';
import { createLogProbe } from '../../support/log.ts';
import { createLogWorld } from '../../support/public-log/log-process.ts';
import { createLoggedBox, loggedBallots } from '../../support/public-log/logged-box.ts';
import { run } from '../../support/public-log/run-program.ts';

const root = join(import.meta.dirname, '../../..');
const client = join(root, 'test/support/public-log/tlog-client/main.go');
/** The verifier in Go brings the library along. */
const verifier = join(root, 'src/verifier-go');
const canRun = existsSync(join(verifier, 'vendor')) && spawnSync('go', ['version']).status === 0;

test.runIf(canRun)(
  'The client of the Go project proves every thousandth of 5,000 entries',
  { timeout: 300_000 },
  async () => {
    const box = await createLoggedBox();
    const world = createLogWorld(box);
    const directory = mkdtempSync(join(tmpdir(), 'popvote-tlog-'));
    const { logger } = createLogProbe('test');
    const version = { version: 'test', node: 'test' };
    const { app } = await createHttp({ logger, metrics: createMetrics('test'), version, checks: [] });
    try {
      const election = box.election();
      await election.open();
      await election.deposit(loggedBallots(5_000));
      await world.step();
      const herald = createHeraldLogic({
        sourceDirectory: world.directory,
        directory,
        witnesses: [],
        pollMs: 50,
        clock: systemClock,
        logger,
        metrics: createMetrics('herald'),
      });
      await herald.step();
      await app.register(logFileRoutes, { directory });
      const address = await app.listen({ host: '127.0.0.1', port: 0 });
      const program = mkdtempSync(join(tmpdir(), 'popvote-tlog-client-'));
      cpSync(client, join(program, 'main.go'));
      for (const file of ['go.mod', 'go.sum']) cpSync(join(verifier, file), join(program, file));
      symlinkSync(join(verifier, 'vendor'), join(program, 'vendor'));
      const key = encodeNoteKey(sha256, logNoteKey(election.origin, Buffer.from(box.key.x, 'base64url')));
      const words = ['run', '-mod=vendor', '.', `${address}/log/${election.folder}/`, key];
      expect(await run('go', words, program)).toEqual({ code: 0, out: '6\n', err: '' });
      rmSync(program, { recursive: true });
    } finally {
      await app.close();
      rmSync(directory, { recursive: true });
      world[Symbol.dispose]();
      await box[Symbol.asyncDispose]();
    }
  },
);
