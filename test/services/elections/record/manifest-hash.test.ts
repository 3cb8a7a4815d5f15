// The code of an election, M, as administrators read it: that of the manifest that everyone gets, and none without a log.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { groupsOfHash } from '../../../../src/domain/record/manifest.ts';
import { logOf, storedManifest } from '../../../../src/services/elections/record/manifest.ts';
import { publishedParts } from '../../../../src/store/elections/lifecycle.ts';
import { electionOf, motion, startElections } from '../../../support/services/elections.ts';
import type { Elections } from '../../../support/services/elections.ts';

let elections: Elections;
beforeAll(async () => {
  elections = await startElections();
});
afterAll(() => elections[Symbol.asyncDispose]());

async function codeOfPublished(id: string): Promise<string> {
  const manifest = storedManifest((await publishedParts(elections.pool, id))?.manifest ?? null);
  if (manifest === null) throw new Error('no manifest');
  return groupsOfHash(logOf(manifest).manifestHash);
}

test('An announced election has the code of its published manifest, and another after a change', async () => {
  const id = `code-${randomUUID().slice(0, 8)}`;
  const draft = electionOf(await elections.call('POST', '/v1/elections', { body: motion({ id }) }));
  expect(draft.manifestHash).toBeNull();
  const announced = electionOf(await elections.call('POST', `/v1/elections/${id}/announce`));
  expect(announced.manifestHash).toMatch(/^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
  expect(announced.manifestHash).toBe(await codeOfPublished(id));
  const preview = await elections.call('GET', `/v1/elections/${id}/preview`, { as: 'official' });
  expect(preview.body).toMatchObject({ manifestHash: announced.manifestHash });
  const contests = announced.definition.contests.map((contest) => ({ ...contest, title: { en: 'Another question' } }));
  const changed = electionOf(
    await elections.call('PATCH', `/v1/elections/${id}`, { body: { contests }, headers: { 'if-match': '*' } }),
  );
  expect(changed.manifestHash).not.toBe(announced.manifestHash);
  expect(changed.manifestHash).toBe(await codeOfPublished(id));
});

test('Without a public log an announced election has no code', async () => {
  await using without = await startElections({ withLog: false });
  const id = `code-${randomUUID().slice(0, 8)}`;
  await without.call('POST', '/v1/elections', { body: motion({ id }) });
  expect(electionOf(await without.call('POST', `/v1/elections/${id}/announce`)).manifestHash).toBeNull();
});
