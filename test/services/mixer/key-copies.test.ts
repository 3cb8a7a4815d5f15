// Copies of the hourly keys on other mixers: two real mixers over real databases, of which one loses its disk; and each rule of
// copies with a clock that a test sets.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { App } from '../../../src/platform/http/http.ts';
import type { EpochKeys, KeyCopying } from '../../../src/services/mixer/epoch-keys.ts';
import { newEpochKey } from '../../../src/platform/keys/sealed-boxes.ts';
import { start as startMixer } from '../../../src/services/mixer/main.ts';
import { epochCopyFolder } from '../../../src/services/mixer/epoch-files.ts';
import { createIntake, newElection } from '../../support/intake.ts';
import type { Answer, Intake } from '../../support/intake.ts';
import { createMixing } from '../../support/mixing.ts';
import type { Mixing } from '../../support/mixing.ts';
import { freePort } from '../../support/processes/ports.ts';

const hourMs = 3_600_000;
const root = mkdtempSync(join(tmpdir(), 'popvote-key-copies-'));
let intake: Intake;
let app: App;
let electionId: string;
beforeEach(async () => {
  intake = await createIntake();
  app = await intake.app();
  // No ballot leaves the outbox before the end: with fewer than 50 none can be mixed.
  const election = newElection({ minBatch: 50 });
  electionId = election.id;
  await intake.create(app, election);
});
afterEach(() => intake[Symbol.asyncDispose]());
afterAll(() => rmSync(root, { recursive: true, force: true }));

const cast = (at = app): Promise<Answer> => intake.castAt(at, intake.cast({ electionId }));
const keyFiles = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort();
const states = async (): Promise<string[]> => {
  const rows = await intake.databases.query<{ state: string }>(
    'intake',
    'select state from pv.mixer_key order by created_at_ms',
  );
  return rows.map(({ state }) => state);
};
const close = (): Promise<unknown> =>
  intake.databases.query('intake', `update pv.election set state = 'closed' where election_id = $1`, [electionId]);
const inBox = async (): Promise<number> => {
  const [row] = await intake.databases.query<{ count: number }>(
    'box',
    'select count(*)::int as count from pv.ballot where election_id = $1',
    [electionId],
  );
  return row!.count;
};

describe('Two mixers', () => {
  const patient = { timeout: 15_000, interval: 50 };
  /** Each has a port and a folder of its own; both have the same peers, themselves among them. */
  async function twoMixers() {
    const ports = [await freePort(), await freePort()] as const;
    const folders = [mkdtempSync(join(root, 'one-')), mkdtempSync(join(root, 'two-'))] as const;
    const begin = (index: 0 | 1) =>
      startMixer({
        PUBLIC_KEYS: JSON.stringify(intake.keys.public),
        LOG_LEVEL: 'silent',
        MIXER_PORT: String(ports[index]),
        MIXER_POLL_MS: '50',
        MIXER_KEYS: JSON.stringify(intake.keys.mixer),
        MIXER_INTAKE_DATABASE_URL: intake.databases.url('intake', 'popvote_mixer'),
        MIXER_BOX_DATABASE_URL: intake.databases.url('box', 'popvote_mixer'),
        MIXER_EPOCH_KEYS_DIRECTORY: folders[index],
        MIXER_PEERS: ports.map((port) => `http://127.0.0.1:${port}`).join(','),
        MIXER_KEY_COPIES: '1',
      });
    return { begin, folders };
  }

  test('A mixer’s disk is destroyed in mid-hour, and the other opens every ballot with a receipt', async () => {
    const { begin, folders } = await twoMixers();
    const first = await begin(0);
    const origin = first.addresses['private']!;
    const metricsOf = async (): Promise<string> => (await fetch(`${origin}/metrics`)).text();
    // Alone it uses no key, and says so.
    await vi.waitFor(async () => expect(await metricsOf()).toMatch(/popvote_mixer_key_copies_missing\S* 1\n/), patient);
    const readyz = await (await fetch(`${origin}/readyz`)).json();
    expect(readyz).toMatchObject({
      checks: expect.arrayContaining([{ name: 'key-copies', state: 'failed', required: false }]) as unknown,
    });
    expect(await states()).toEqual([]);
    expect(await cast()).toMatchObject({ status: 503, body: { code: 'busy' } });

    const second = await begin(1);
    await vi.waitFor(async () => expect(await states()).toEqual(['active']), patient);
    const [name] = keyFiles(folders[0]);
    expect(keyFiles(folders[1])).toEqual([name]);
    await vi.waitFor(async () => expect(await metricsOf()).toMatch(/popvote_mixer_key_copies_missing\S* 0\n/), patient);
    const casts = Array.from({ length: 12 }, () => intake.cast({ electionId }));
    const receipts = await vi.waitFor(async () => {
      const answers = await Promise.all(casts.map((each) => intake.castAt(app, each)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      return answers;
    }, patient);

    await first.close();
    rmSync(folders[0], { recursive: true });
    await close();
    await vi.waitFor(async () => expect(await inBox()).toBe(receipts.length), patient);
    // The key was neither lost nor replaced: the second mixer went on with it.
    expect(await states()).toEqual(['active']);
    expect(keyFiles(folders[1])).toEqual([name]);

    // A new disk of the first gets a copy of what is in use.
    const again = await begin(0);
    await vi.waitFor(() => expect(keyFiles(folders[0])).toEqual([name]), { ...patient, timeout: 25_000 });
    await Promise.all([second.close(), again.close()]);
  }, 60_000);
});

describe('An hourly key with copies', () => {
  let mixing: Mixing;
  let keys: EpochKeys;
  const others = { count: 1, names: [] as readonly string[] };
  const copying: KeyCopying = {
    needed: 1,
    spread(names) {
      others.names = names;
      return Promise.resolve(others.count);
    },
  };
  beforeEach(async () => {
    mixing = await createMixing(intake);
    others.count = 1;
    keys = mixing.startKeys(undefined, copying);
  });
  afterEach(() => mixing[Symbol.asyncDispose]());
  const files = (): string[] => keyFiles(mixing.epochsDirectory);
  /** A key file as it comes from another mixer. */
  const plant = (createdAtMs: number): string => {
    const { epoch, privateText } = newEpochKey();
    const name = `${epoch.toString('hex')}.json`;
    const content = { epoch: epoch.toString('base64url'), createdAtMs, privateKey: privateText };
    writeFileSync(join(mixing.epochsDirectory, name), JSON.stringify(content));
    return name;
  };

  test('Without copies the older key serves as long as it may, and then casts are refused as busy', async () => {
    expect(await keys.maintain()).toBe(0);
    others.count = 0;
    mixing.advance(hourMs + 1_000);
    expect(await keys.maintain()).toBe(1);
    expect(mixing.log.text()).toContain('epoch-key.not-copied');
    expect(await states()).toEqual(['active']);
    expect((await cast()).status).toBe(200);
    const due = files();
    expect(due).toHaveLength(2);
    // Tried again with the same key.
    expect(await keys.maintain()).toBe(1);
    expect(files()).toEqual(due);
    mixing.advance(hourMs + 700_000);
    expect(await keys.maintain()).toBe(1);
    expect(await states()).toEqual(['retired']);
    expect(await cast(await intake.app())).toMatchObject({ status: 503, body: { code: 'busy' } });
    others.count = 1;
    expect(await keys.maintain()).toBe(0);
    expect(await states()).toEqual(['retired', 'active']);
  });

  test('A mixer without the key of its predecessor opens the ballots as soon as another one copies it', async () => {
    expect((await cast()).status).toBe(200);
    const [name] = files();
    const text = readFileSync(join(mixing.epochsDirectory, name!), 'utf8');
    rmSync(join(mixing.epochsDirectory, name!));
    await mixing.keys.maintain();
    expect(await states()).toEqual(['retired', 'active']);
    await close();
    const mixer = mixing.mixer();
    expect([await mixer.mixOnce(), await mixer.mixOnce()]).toEqual([0, 0]);
    await epochCopyFolder(mixing.epochsDirectory).keep({ name: name!, text });
    await mixing.keys.maintain();
    expect(await mixer.mixOnce()).toBe(1);
    expect(await inBox()).toBe(1);
  });

  test('In mid-hour too a missing copy is reported, and the key in use is offered again', async () => {
    await keys.maintain();
    others.count = 0;
    expect(await keys.maintain()).toBe(1);
    expect(others.names).toEqual(files());
    expect((await cast()).status).toBe(200);
    others.count = 1;
    expect(await keys.maintain()).toBe(0);
  });

  test('A standby keeps what is in use, and destroys a copy as soon as its key is destroyed', async () => {
    await keys.maintain();
    const [name] = files();
    await keys.follow();
    expect(files()).toEqual([name]);
    expect(await states()).toEqual(['active']);
    await intake.databases.query('intake', "update pv.mixer_key set state = 'retired'");
    await keys.follow();
    expect(files()).toEqual([name]);
    await intake.databases.query('intake', "update pv.mixer_key set state = 'shredded'");
    await keys.follow();
    expect(files()).toEqual([]);
    expect(mixing.log.text()).not.toContain('epoch-key.lost');
  });

  test('A copy of a key that was never published is destroyed after a day', async () => {
    const [published] = files();
    const copy = plant(Date.now());
    const ofTheFuture = plant(Date.now() + 48 * hourMs);
    mixing.advance(24 * hourMs - 60_000);
    mixing.setSteady(false);
    await keys.follow();
    expect(files()).toContain(ofTheFuture);
    mixing.setSteady(true);
    await keys.follow();
    expect(files().sort()).toEqual([published, copy].sort());
    mixing.advance(120_000);
    await keys.follow();
    expect(files()).toEqual([published]);
  });

  test('A key that the intake does not know stays after lost votes: a better backup may need it', async () => {
    const copy = plant(Date.now() - 48 * hourMs);
    await intake.databases.query(
      'intake',
      `insert into pv.missing_mark (election_id, losses, hash, voters) values ($1, 0, sha256('x'), 1)`,
      [electionId],
    );
    await keys.follow();
    expect(files()).toContain(copy);
  });

  test('A copy is refused where its name is not its epoch, or another key has its name', async () => {
    const directory = mkdtempSync(join(root, 'refused-'));
    const folder = epochCopyFolder(directory);
    const name = plant(Date.now());
    const text = readFileSync(join(mixing.epochsDirectory, name), 'utf8');
    const other = plant(Date.now());
    expect(await folder.keep({ name: other, text })).toBe(false);
    expect(await folder.keep({ name: `../${name}`, text })).toBe(false);
    expect(await folder.keep({ name, text: '{}' })).toBe(false);
    expect(await folder.keep({ name, text })).toBe(true);
    expect(await folder.keep({ name, text })).toBe(true);
    expect(await folder.keep({ name, text: text.replace(/"createdAtMs":\d/, '"createdAtMs":9') })).toBe(false);
    expect(readFileSync(join(directory, name), 'utf8')).toBe(text);
  });
});
