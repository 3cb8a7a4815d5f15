// The services `ballots` and `mixer` as an operator starts them: from an environment, to a vote in the box.
import { mkdtempSync, rmSync, statSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { start as startBallots } from '../../../src/services/ballots/main.ts';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import { start as startMixer } from '../../../src/services/mixer/main.ts';
import { ConfigurationError } from '../../../src/platform/environment.ts';
import { createPrivateClient } from '../../../src/platform/private-calls/private-calls.ts';
import { signingKey } from '../../../src/platform/keys/signatures.ts';
import { castsAnswer, countsAnswer, createIntakeAnswer } from '../../../src/protocol/ballot-service.ts';
import { createIntake, newElection } from '../../support/intake.ts';
import { startProxy } from '../../support/processes/proxy.ts';

test('From two environments a vote goes from a call to the box, and both services end', async () => {
  await using intake = await createIntake();
  const folder = mkdtempSync(join(tmpdir(), 'popvote-mains-'));
  const PUBLIC_KEYS = JSON.stringify(intake.keys.public);
  const LOG_LEVEL = 'silent';
  const ballots = await startBallots({
    PUBLIC_KEYS,
    LOG_LEVEL,
    BALLOTS_PORT: '0',
    BALLOTS_KEYS: JSON.stringify(intake.keys.ballots),
    INTAKE_DATABASE_URL: intake.databases.url('intake', 'popvote_ballots'),
    BALLOTS_ELECTION_KEYS_DIRECTORY: join(folder, 'elections'),
  });
  const mixer = await startMixer({
    PUBLIC_KEYS,
    LOG_LEVEL,
    MIXER_PORT: '0',
    MIXER_POLL_MS: '50',
    MIXER_KEYS: JSON.stringify(intake.keys.mixer),
    MIXER_INTAKE_DATABASE_URL: intake.databases.url('intake', 'popvote_mixer'),
    MIXER_BOX_DATABASE_URL: intake.databases.url('box', 'popvote_mixer'),
    MIXER_EPOCH_KEYS_DIRECTORY: join(folder, 'epochs'),
  });
  const origin = ballots.addresses['private']!;
  const clientOf = (name: 'api' | 'elections') =>
    createPrivateClient({
      origin,
      service: 'ballots',
      clock: Date.now,
      caller: { name, jwk: intake.keys[name].caller },
    });
  const api = clientOf('api');
  const elections = clientOf('elections');
  const election = newElection();
  const publication = publicationOf(election, signingKey(intake.keys.elections.publisher), 1);
  const body = { definition: election, publication };
  const msMax = 5_000;
  // A start on a busy machine may shed its first calls: a caller asks again.
  const patient = { timeout: 40_000, interval: 100 };
  const create = () =>
    elections.call({ method: 'POST', path: '/private/elections', body, answer: createIntakeAnswer, msMax });
  expect(await vi.waitFor(create, patient)).toEqual({ created: true });
  // The mixer's first hourly key comes within its first step.
  // The same at each try: a repeated cast adds no voter.
  const casts = [intake.cast({ electionId: election.id })];
  const receiptOf = async () => {
    const call = { method: 'POST', path: '/private/casts', answer: castsAnswer, msMax, body: { casts } } as const;
    const { outcomes } = await api.call(call);
    expect(outcomes).toMatchObject([{ receipt: { electionId: election.id } }]);
  };
  await vi.waitFor(receiptOf, patient);
  const path = `/private/elections/${election.id}/counts`;
  await vi.waitFor(
    async () =>
      expect(await elections.call({ method: 'GET', path, answer: countsAnswer, msMax })).toMatchObject({
        state: 'open',
        participation: 1,
        outbox: 0,
        roll: 0,
      }),
    patient,
  );
  for (const name of ['elections', 'epochs']) {
    const [file] = readdirSync(join(folder, name));
    expect(statSync(join(folder, name, file!)).mode & 0o777).toBe(0o600);
  }
  for (const service of [ballots, mixer]) {
    const at = service.addresses['private']!;
    expect((await fetch(`${at}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${at}/metrics`)).text()).toContain('popvote_');
  }
  await Promise.all([api.close(), elections.close()]);
  await mixer.close();
  await ballots.close();
  rmSync(folder, { recursive: true, force: true });
});

test('Connections to the intake that were lost silently stop casts for seconds, and not for a minute', async () => {
  await using intake = await createIntake();
  const url = new URL(intake.databases.url('intake', 'popvote_ballots'));
  const proxy = await startProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  const folder = mkdtempSync(join(tmpdir(), 'popvote-mains-'));
  const ballots = await startBallots({
    PUBLIC_KEYS: JSON.stringify(intake.keys.public),
    LOG_LEVEL: 'silent',
    BALLOTS_PORT: '0',
    BALLOTS_KEYS: JSON.stringify(intake.keys.ballots),
    INTAKE_DATABASE_URL: url.href,
    BALLOTS_ELECTION_KEYS_DIRECTORY: folder,
  });
  await intake.epoch();
  const jwk = (name: 'api' | 'elections') => ({ name, jwk: intake.keys[name].caller });
  const to = { origin: ballots.addresses['private']!, service: 'ballots', clock: Date.now } as const;
  const elections = createPrivateClient({ ...to, caller: jwk('elections') });
  const api = createPrivateClient({ ...to, caller: jwk('api') });
  const election = newElection();
  const publication = publicationOf(election, signingKey(intake.keys.elections.publisher), 1);
  const definition = { definition: election, publication };
  const patient = { timeout: 40_000, interval: 100 };
  const create = { method: 'POST', path: '/private/elections', body: definition, answer: createIntakeAnswer } as const;
  await vi.waitFor(() => elections.call({ ...create, msMax: 5_000 }), patient);
  const cast = async (): Promise<boolean> => {
    const body = { casts: [intake.cast({ electionId: election.id })] };
    const call = { method: 'POST', path: '/private/casts', answer: castsAnswer, msMax: 2_500, body } as const;
    return api.call(call).then(
      ({ outcomes: [outcome] }) => outcome !== undefined && 'receipt' in outcome,
      () => false,
    );
  };
  await vi.waitFor(async () => expect(await cast()).toBe(true), patient);
  proxy.halfClose('requests');
  const lostAt = performance.now();
  await vi.waitFor(async () => expect(await cast()).toBe(true), { timeout: 60_000, interval: 100 });
  expect(performance.now() - lostAt).toBeLessThan(8_000);
  await Promise.all([api.close(), elections.close()]);
  await ballots.close();
  await proxy.close();
  rmSync(folder, { recursive: true, force: true });
});

test('All faults of an empty environment are reported at once', async () => {
  for (const start of [startBallots, startMixer]) {
    const error = await start({}).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).problems.length).toBeGreaterThan(3);
  }
});
