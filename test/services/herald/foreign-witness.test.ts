// A witness that others wrote, litewitness, beside `popvote witness`: both cosign a log that grows, and both refuse one that
// forked. Left out by name where litewitness is not installed.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeNote, decodeNoteKey, encodeNoteKey } from '../../../src/domain/record/note.ts';
import { logNoteKey, signaturesBy } from '../../../src/domain/record/signed-checkpoint.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { noteVerifier } from '../../../src/platform/keys/note-verifier.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { createHeraldLogic } from '../../../src/services/herald/logic.ts';
import type { HeraldLogic } from '../../../src/services/herald/logic.ts';
import { createLogProbe } from '../../support/log.ts';
import { createLitewitness, missingPrograms } from '../../support/public-log/litewitness.ts';
import { checkpointIn, createLogWorld } from '../../support/public-log/log-process.ts';
import { createLoggedBox, loggedBallots } from '../../support/public-log/logged-box.ts';
import { createWitness } from '../../support/public-log/witness.ts';

const missing = missingPrograms();

describe.skipIf(missing.length > 0)(
  `A witness that others wrote${missing.length > 0 ? ` (missing here: ${missing.join(', ')})` : ''}`,
  () => {
    test('Both witnesses cosign a log that grows, and refuse one that forked', async () => {
      await using box = await createLoggedBox();
      await using own = await createWitness('w1.example.net', box.key.x);
      await using foreign = await createLitewitness('w2.example.net/witness');
      using world = createLogWorld(box);
      using fork = createLogWorld(box);
      await own.start();
      const directory = mkdtempSync(join(tmpdir(), 'popvote-foreign-'));
      const election = box.election({ quorum: 2, witnesses: [own.key, foreign.key] });
      foreign.trust(
        election.origin,
        encodeNoteKey(sha256, logNoteKey(election.origin, Buffer.from(box.key.x, 'base64url'))),
      );
      await election.open();
      const heraldOf = (sourceDirectory: string, name: string): HeraldLogic =>
        createHeraldLogic({
          sourceDirectory,
          directory: join(directory, name),
          witnesses: [own.key, foreign.key].map((key, at) => ({ key, url: [own.url(), foreign.url][at] ?? '' })),
          pollMs: 50,
          clock: systemClock,
          logger: createLogProbe('herald').logger,
          metrics: createMetrics('herald'),
        });
      const published = join(directory, 'right', election.folder);
      const note = (): string => readFileSync(join(published, 'checkpoint'), 'utf8');
      const herald = heraldOf(world.directory, 'right');
      // The first tree is cosigned without a proof, the others with one.
      for (const count of [30, 300, 500]) {
        await election.deposit(loggedBallots(count));
        await world.step();
        await herald.step();
        const signed = decodeNote(note()) ?? expect.fail('there is no note');
        for (const key of [own.key, foreign.key]) {
          const noteKey = decodeNoteKey(sha256, key) ?? expect.fail(`no key of C2SP notes: ${key}`);
          expect(signaturesBy(noteVerifier, signed, noteKey, Date.now()), key).toHaveLength(1);
        }
      }
      expect((await checkpointIn(published)).size).toBe(830);

      const before = note();
      await box.databases.query(
        'box',
        `set session_replication_role = replica; update pv.entry set content = sha256(content)`,
      );
      await fork.step();
      const forked = heraldOf(fork.directory, 'forked');
      await forked.step();
      expect(forked.findings()).toMatchObject([
        { state: 'failed', observed: `${election.electionId}: a witness cosigned another tree` },
        {},
        {
          check: 'witnesses',
          observed: 'w1.example.net cosigned another tree; w2.example.net/witness cosigned another tree',
        },
      ]);
      expect(own.state().evidence).toHaveLength(1);
      expect(note()).toBe(before);
      rmSync(directory, { recursive: true });
    });
  },
);
