// Every key rotates while people vote and work: each step of `popvote keys rotate` is followed by the restarts that it names.
// A request may have to be sent again; no one is refused, and every receipt verifies. After `--drop` the old key is refused.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { rings } from '../../src/cli/rotate-keys.ts';
import type { RingName } from '../../src/cli/rotate-keys.ts';
import { signers } from '../../src/cli/rotate-signers.ts';
import type { SignerName } from '../../src/cli/rotate-signers.ts';
import { readKeyFile } from '../../src/platform/keys/key-directory.ts';
import { createPrivateClient } from '../../src/platform/private-calls/private-calls.ts';
import { Problem } from '../../src/protocol/problem.ts';
import { castAnswer } from '../../src/protocol/public-api.ts';
import { checkReceipts } from '../../bench/harness/receipt-check.ts';
import { controlCall } from '../support/control.ts';
import type { ControlAnswer, Person } from '../support/control.ts';
import { ballot, definition } from '../support/elections.ts';
import { command } from '../support/processes/command.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Control, Platform } from '../support/processes/processes.ts';
import type { Service } from '../support/processes/service-process.ts';
import { until } from '../support/until.ts';
import { Voter } from '../support/voter/voter.ts';
import type { Answer } from '../support/voter/voter.ts';

// Each step restarts processes.
vi.setConfig({ testTimeout: 480_000, hookTimeout: 120_000 });

/** Voters under way at once. */
const votersAtOnce = 4;
/** Between two tries of a request that reached no process, in milliseconds. */
const againMs = 100;

const vote = { contests: [{ contestId: 'c', choices: ['a'] }] };
/** With paper ballots, which officials upload. */
const electionId = `rotation-${randomUUID().slice(0, 8)}`;
let platform: Platform & { readonly control: Control };
let administrator: Person;
let official: Person;

beforeAll(async () => {
  platform = await startPlatform({ control: true });
  ({ administrator } = platform.control);
  official = await platform.control.person('official');
  await announce(electionId);
});
afterAll(() => platform[Symbol.asyncDispose]());

type Rotation = {
  readonly keys: readonly (RingName | SignerName)[];
  /** Who opens or verifies with them, and is restarted before their use. */
  readonly openers: readonly Service[];
  /** Who makes with them, and is restarted after the step that puts them into use. */
  readonly makers: readonly Service[];
};
const namedByElections = ['receipts', 'publisher', 'deposits', 'checkpoints'] as const;
/** Those of one line go through each step together. */
const rotations: readonly Rotation[] = [
  { keys: ['receipts', 'mixer'], openers: ['api', 'ballots', 'elections'], makers: ['ballots', 'mixer'] },
  {
    keys: ['publisher', 'deposits', 'batches', 'checkpoints'],
    openers: ['api', 'ballots', 'officials', 'worker', 'elections'],
    makers: ['elections', 'worker', 'officials', 'log'],
  },
  {
    keys: ['caller-api', 'caller-elections', 'caller-officials'],
    openers: ['sms', 'ballots', 'access', 'elections'],
    makers: ['api', 'elections', 'officials'],
  },
  { keys: ['tokens'], openers: ['api'], makers: ['api'] },
  { keys: ['attestations', 'codes'], openers: ['ballots', 'sms'], makers: ['sms'] },
  { keys: ['challenges'], openers: ['sms'], makers: ['sms'] },
  { keys: ['phone', 'identity'], openers: ['sms', 'api'], makers: ['elections'] },
  {
    keys: ['access-tokens', 'access-secrets', 'access-refresh', 'access-identity'],
    openers: ['access'],
    makers: ['access'],
  },
];

async function rotateKey(...words: string[]): Promise<string> {
  const { code, out, err } = await command(['keys', 'rotate', ...words, '--directory', platform.keysDirectory]);
  expect(code, err).toBe(0);
  return out.trim();
}

async function announce(id: string): Promise<void> {
  const body = {
    id,
    title: { en: 'Rotations' },
    opensAt: new Date(Date.now() - 60_000).toISOString(),
    closesAt: new Date(Date.now() + 24 * 3_600_000).toISOString(),
    timeZone: 'Europe/Belgrade',
    rehearsal: true,
    channels: ['online', 'batches'],
    identity: { scheme: 'hkid' },
    verification: { methods: ['text-in'] },
    minBatch: 1,
    contests: [
      {
        id: 'c',
        title: { en: 'C' },
        method: 'plurality',
        options: ['a', 'b'].map((en) => ({ id: en, title: { en } })),
      },
    ],
  };
  const drafted = await administrator.call('elections', 'POST', '/v1/elections', { body });
  expect(drafted.status, drafted.text).toBe(201);
  const announced = await administrator.call('elections', 'POST', `/v1/elections/${id}/announce`, {});
  expect(announced.status, announced.text).toBe(200);
  await until(async () => (await fetch(`${platform.origins.api}/v1/elections/${id}`)).status === 200, 'the election');
}

/** An official uploads one ballot, which is counted, and an administrator sees it. */
async function work(id = electionId): Promise<void> {
  const before = await turnoutOnPaper(id);
  const upload = { raw: `${randomUUID()},1\n`, headers: { 'content-type': 'text/csv' } };
  const answer = await official.call('officials', 'POST', `/v1/batches?electionId=${id}`, upload);
  expect(answer.status, answer.text).toBe(202);
  await until(async () => (await turnoutOnPaper(id)) === before + 1, 'the ballot of the file');
}

async function turnoutOnPaper(id = electionId): Promise<number> {
  const { status, body, text } = await administrator.call('elections', 'GET', `/v1/elections/${id}/turnout`);
  expect(status, text).toBe(200);
  return (body['channels'] as { batches: number }).batches;
}

async function restart(services: readonly Service[]): Promise<void> {
  for (const service of services) await platform.restart(service);
}

/** Announces new keys and puts them into use, with a wait after each of the two. */
async function renew({ keys, openers, makers }: Rotation, goOn: () => Promise<unknown>): Promise<void> {
  const kids = new Map<string, string>();
  for (const name of keys) kids.set(name, await rotateKey(name, '--announce'));
  await restart(openers);
  await goOn();
  for (const [name, kid] of kids) await rotateKey(name, '--use', kid);
  await restart(makers);
  await goOn();
}

test('The rotations here are of every key of the command', () => {
  expect(rotations.flatMap(({ keys }) => keys).sort()).toEqual([...Object.keys(rings), ...Object.keys(signers)].sort());
});

test('Every key rotates while people vote and work: no one is refused, and every receipt verifies', async () => {
  const voters = voting();
  const goOn = () => Promise.all([voters.more(), work()]);
  for (const rotation of rotations) await renew(rotation, goOn);
  await rotateKey('limits');
  await restart(['sms', 'api', 'access']);
  await goOn();
  const { receipts, refused } = await voters.end();
  expect(refused).toEqual([]);
  // An election keeps the key that its manifest names.
  const kids = new Set(receipts.map((text) => castAnswer.parse(JSON.parse(text)).receipt.kid));
  expect([...kids]).toEqual([platform.keys.ballots.receipts.kid]);
  expect(checkReceipts(receipts, readKeyFile(platform.keysDirectory, 'public')).verified).toBe(receipts.length);
  const onPaper = await turnoutOnPaper();
  const inBox = async (): Promise<boolean> => (await platform.counts(electionId)).box === receipts.length + onPaper;
  await until(inBox, 'all ballots in the box');
});

test.each(['hkid', 'phone-only'] as const)(
  'A person who began before a rotation votes once, in an election with the scheme %s',
  async (scheme) => {
    const old = `once-${randomUUID()}`;
    const load = async (id: string, keys?: { identity: string; phone: string }): Promise<void> =>
      platform.load(definition({ id, identity: { scheme }, ...(keys && { keys }) }));
    await load(old);
    const person = (id: string, same: { identity: string; phone: string }) => new Voter(platform.origins, id, same);
    const own = new Voter(platform.origins, old);
    const same = { identity: scheme === 'phone-only' ? '' : own.identity, phone: own.phone };
    const verified = await person(old, same).verify();
    const pending = person(old, same);
    await pending.identify();

    const keys = { identity: await rotateKey('identity'), phone: await rotateKey('phone') };
    for (const service of ['sms', 'api'] as const) await platform.restart(service);
    const later = await person(old, same).verify();
    await pending.text();
    expect((await pending.wait()).body).toMatchObject({ state: 'verified' });
    const answers = [await verified.cast(ballot()), await pending.cast(ballot()), await later.cast(ballot())];
    expect(answers.map(({ status, body }) => [status, body['code']])).toEqual([
      [201, undefined],
      [409, 'already-recorded'],
      [409, 'already-recorded'],
    ]);
    expect((await platform.counts(old)).participation).toBe(1);

    // A new election names the new keys, and the same person votes in it once too.
    const fresh = `fresh-${randomUUID()}`;
    await load(fresh, keys);
    const first = await (await person(fresh, same).verify()).cast(ballot());
    const second = await (await person(fresh, same).verify()).cast(ballot());
    expect([first.status, second.status]).toEqual([201, 409]);
  },
);

test('After the drop of each key the old one is refused, and people vote and work with the new one', async () => {
  const verified = await new Voter(platform.origins, electionId).verify();
  const { token, refreshToken } = await official.logIn();
  const all: readonly Service[] = [
    'access',
    'sms',
    'ballots',
    'mixer',
    'api',
    'officials',
    'worker',
    'elections',
    'log',
  ];
  const keys = rotations.flatMap((rotation) => rotation.keys);
  await renew({ keys, openers: all, makers: all }, () => work());
  const ofBefore = callersOfBefore();
  const codes = (): Promise<string[]> => Promise.all(ofBefore.map(({ codeOfCall }) => codeOfCall()));
  const refresh = (): Promise<ControlAnswer> =>
    controlCall(platform.control.origins.access, 'POST', '/v1/refresh', { body: { refreshToken } });
  expect(await codes()).not.toContain('not-admitted');

  // access has stored under its new keys what was under the old ones.
  await until(() => platform.output().includes('"msg":"keys.renewed"'), 'the renewal');
  // Those of elections are destroyed one by one, and others end their elections.
  const exceptions: readonly string[] = ['identity', 'phone', 'mixer', ...namedByElections];
  for (const name of keys) if (!exceptions.includes(name)) await rotateKey(name, '--drop');
  await restart(all);

  const cast = await verified.cast(vote);
  expect(cast.status, cast.text).toBe(401);
  expect(await codes()).toEqual(ofBefore.map(() => 'not-admitted'));
  expect((await official.call('officials', 'GET', `/v1/batches?electionId=${electionId}`)).status).toBe(401);
  expect((await refresh()).body['code']).toBe('unauthenticated');
  expect(token).not.toBe((await official.logIn()).token);
  await administrator.logIn();
  await work();

  for (const name of namedByElections) await rotateKey(name, '--drop');
  await restart(all);
  const fresh = `fresh-${randomUUID().slice(0, 8)}`;
  await announce(fresh);
  await work(fresh);
  const answer = await (await new Voter(platform.origins, fresh).verify()).cast(vote);
  expect(answer.status, answer.text).toBe(201);
  expect(checkReceipts([answer.text], readKeyFile(platform.keysDirectory, 'public')).verified).toBe(1);
  for (const { client } of ofBefore) await client.close();

  // The mixer made an hourly key with its new identity when it was started again.
  const waiting = await new Voter(platform.origins, fresh).verify();
  await rotateKey('mixer', '--drop');
  await platform.restart('ballots');
  const last = await waiting.cast(vote);
  expect(last.status, last.text).toBe(201);
});

/** A call of each service that calls others, signed with the key that it began with, and the code of its problem. */
function callersOfBefore() {
  const { keys, privateOrigins } = platform;
  const calls = [
    { name: 'api', jwk: keys.api.caller, service: 'ballots', path: '/private/publications' },
    { name: 'api', jwk: keys.api.caller, service: 'sms', path: '/private/channels' },
    { name: 'elections', jwk: keys.elections.caller, service: 'ballots', path: '/private/examination' },
    { name: 'elections', jwk: keys.elections.caller, service: 'access', path: '/private/acts' },
    { name: 'officials', jwk: keys.officials.caller, service: 'access', path: `/private/sessions/${randomUUID()}` },
  ] as const;
  return calls.map(({ name, jwk, service, path }) => {
    const caller = { name, jwk };
    const client = createPrivateClient({ origin: privateOrigins[service] ?? '', service, caller, clock: Date.now });
    return {
      client,
      async codeOfCall(): Promise<string> {
        try {
          await client.call({ method: 'GET', path, answer: z.unknown(), msMax: 10_000 });
          return '';
        } catch (error) {
          return error instanceof Problem ? error.code : String(error);
        }
      },
    };
  });
}

/** People who vote one after the other, until `end`. */
function voting() {
  const receipts: string[] = [];
  const refused: string[] = [];
  const ending = new AbortController();
  const patient = async <Value>(act: () => Promise<Value>): Promise<Value> => {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        // A process that restarts gives no answer, or 503, after which a text has no number to go to. Any other
        // rejection of a step is one of the voter.
        if (/"status":4/.test(String(error)) && !String(error).includes('body/to')) refused.push(String(error));
        await pause(againMs);
      }
    }
  };
  const isCertain = ({ status }: Answer): boolean => status !== 503;
  const one = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const voter = new Voter(platform.origins, electionId);
      await patient(() => voter.verify());
      const answer = await patient(async () => {
        const next = await voter.cast(vote);
        if (!isCertain(next)) throw new Error('not certain');
        return next;
      });
      if (answer.status === 201) receipts.push(answer.text);
      else refused.push(answer.text);
    }
  };
  const all = Promise.all(Array.from({ length: votersAtOnce }, one));
  return {
    /** Resolves when every voter of now and one more for each has ended. */
    async more() {
      const target = receipts.length + refused.length + 2 * votersAtOnce;
      await until(() => receipts.length + refused.length >= target, 'more votes');
    },
    async end() {
      ending.abort();
      await all;
      return { receipts, refused };
    },
  };
}
