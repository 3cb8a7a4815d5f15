// Copies of keys between processes of one service, over real sockets: what is copied, what is acknowledged, and what who has no
// key of the service, or a recording of the network, gets.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { createHttp } from '../../../src/platform/http/http.ts';
import { callerJwkOf } from '../../../src/platform/key-copies/copy-callers.ts';
import { createCopyHolder } from '../../../src/platform/key-copies/copy-holder.ts';
import type { CopyFolder, CopyHolder, CopyParty } from '../../../src/platform/key-copies/copy-holder.ts';
import { createCopyPeers } from '../../../src/platform/key-copies/copy-peers.ts';
import type { CopyPeers } from '../../../src/platform/key-copies/copy-peers.ts';
import { registerKeyCopies } from '../../../src/platform/key-copies/copy-routes.ts';
import { nameOfFolder } from '../../../src/platform/key-copies/folder-name.ts';
import { newSigningJwk, publicJwk } from '../../../src/platform/keys/new-keys.ts';
import { signValue, signingKey, verificationKeys } from '../../../src/platform/keys/signatures.ts';
import { createSealer } from '../../../src/platform/keys/sealed-boxes.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { createCallVerifier, registerCallGuard } from '../../../src/platform/private-calls/private-calls.ts';
import type { CopyCall, OfferAnswer } from '../../../src/protocol/key-copies.ts';
import type { PrivateJwk } from '../../../src/protocol/key-files.ts';
import { createLogProbe } from '../../support/log.ts';

const root = mkdtempSync(join(tmpdir(), 'popvote-copies-'));
const service = 'mixer';
const jwk = newSigningJwk('mixer-1');
const stranger = newSigningJwk('mixer-1');
const log = createLogProbe(service);
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  vi.useRealTimers();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
function newFolder(files: Readonly<Record<string, string>> = {}): CopyFolder & { readonly directory: string } {
  const directory = mkdtempSync(join(root, `${(folders += 1)}-`));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const has = (name: string): boolean => readdirSync(directory).includes(name);
  return {
    directory,
    id: () => nameOfFolder(directory),
    has,
    read: (name) => (has(name) ? readFileSync(join(directory, name), 'utf8') : null),
    keep({ name, text }) {
      writeFileSync(join(directory, name), text);
      return Promise.resolve(true);
    },
  };
}
const keyOf = (folder: CopyFolder): string | null => folder.read('key');
/** A process signs with its own key, and checks signatures by the public keys of the service. */
const partyOf = (own: PrivateJwk): CopyParty => ({
  service,
  identity: signingKey(own),
  signers: verificationKeys([publicJwk(jwk)]),
});

/** A process that takes copies. `calls` has the bodies of what it was sent. */
async function listen(holder: CopyHolder): Promise<{ origin: string; calls: unknown[] }> {
  const options = { logger: log.logger, checks: [], version: { version: '1', node: '24' }, shedAtLoopDelayMs: 0 };
  const { app } = await createHttp({ ...options, metrics: createMetrics(service) });
  const calls: unknown[] = [];
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.url === '/private/key-copies') calls.push(request.body);
    done();
  });
  const callers = [callerJwkOf(service, publicJwk(jwk))];
  registerCallGuard(app, createCallVerifier({ service, callers, clock: Date.now }));
  registerKeyCopies(app, { service, holder });
  closing.push(() => app.close());
  return { origin: await app.listen({ host: '127.0.0.1', port: 0 }), calls };
}

function peersOf(folder: CopyFolder, origins: readonly string[], own = jwk): CopyPeers {
  const options = { party: partyOf(own), jwk: own, origins, folder, clock: Date.now, logger: log.logger };
  const peers = createCopyPeers({ ...options, metrics: createMetrics(service) });
  closing.unshift(() => peers.close());
  return peers;
}

const nonce = Buffer.alloc(32).toString('base64url');
/** What a process of the service sends for an offer. */
function copyOf({ offer }: OfferAnswer, own: PrivateJwk, text = 'secret'): CopyCall {
  const to = { epoch: Buffer.from(offer.id, 'base64url'), publicKey: Buffer.from(offer.publicKey, 'base64url') };
  const content = Buffer.from(JSON.stringify([{ name: 'key', text }]));
  const sealed = createSealer(to).seal(content, Buffer.from('popvote/key-copy/v1|mixer')).toString('base64url');
  const copy = { version: 'popvote/key-copy/v1' as const, service, id: offer.id, sealed } as const;
  return { copy, signature: signValue(signingKey(own), copy) };
}

describe('Copies of keys', () => {
  test('Files go once to each folder that lacks them, and each other folder counts once', async () => {
    const own = newFolder({ key: 'secret', other: 'more' });
    const first = newFolder({ other: 'more' });
    const second = newFolder();
    const processes = await Promise.all(
      [first, first, second, own].map((folder) => listen(createCopyHolder(partyOf(jwk), folder))),
    );
    const peers = peersOf(
      own,
      processes.map(({ origin }) => origin),
    );
    expect(await peers.spread(['key', 'other'])).toBe(2);
    expect([keyOf(first), keyOf(second), second.read('other')]).toEqual(['secret', 'secret', 'more']);
    expect(await peers.spread(['key', 'other'])).toBe(2);
    expect(processes[2]!.calls).toHaveLength(1);
    expect(processes[3]!.calls).toHaveLength(0);
    // What crossed the network names no key.
    expect(JSON.stringify(processes.map(({ calls }) => calls))).not.toContain(
      Buffer.from('secret').toString('base64url'),
    );
  });

  test('A file that is not here counts as no copy, and neither does a process that is not reached', async () => {
    const { origin } = await listen(createCopyHolder(partyOf(jwk), newFolder()));
    expect(await peersOf(newFolder(), [origin]).spread(['key'])).toBe(0);
    const peers = peersOf(newFolder({ key: 'secret' }), ['http://127.0.0.1:1', origin]);
    expect(await peers.spread(['key'])).toBe(1);
    expect(log.text()).toContain('key-copies.peer-failed');
  });

  test('More files than one message has go in several', async () => {
    const names = Array.from({ length: 70 }, (_, index) => `key-${index}`);
    const other = newFolder();
    const { origin, calls } = await listen(createCopyHolder(partyOf(jwk), other));
    const own = newFolder(Object.fromEntries(names.map((name) => [name, name])));
    expect(await peersOf(own, [origin]).spread(names)).toBe(1);
    expect(calls).toHaveLength(3);
    expect(names.map((name) => other.read(name))).toEqual(names);
  });
});

describe('Without a key of the service', () => {
  test('A process gets no key: nothing is sealed to an offer that it signed', async () => {
    const thief = newFolder();
    const { origin, calls } = await listen(createCopyHolder(partyOf(stranger), thief));
    expect(await peersOf(newFolder({ key: 'secret' }), [origin]).spread(['key'])).toBe(0);
    expect([calls, keyOf(thief)]).toEqual([[], null]);
  });

  test('A process plants no key: neither its calls nor its messages are taken', async () => {
    const folder = newFolder();
    const holder = createCopyHolder(partyOf(jwk), folder);
    const { origin } = await listen(holder);
    expect(await peersOf(newFolder({ key: 'planted' }), [origin], stranger).spread(['key'])).toBe(0);
    // Also one that reached the route.
    const offer = holder.offer({ nonce, names: ['key'] });
    await expect(holder.keep(copyOf(offer, stranger, 'planted'))).rejects.toMatchObject({ code: 'not-admitted' });
    expect(keyOf(folder)).toBeNull();
  });

  test('An offer or an acknowledgement of another request is not taken', async () => {
    const other = newFolder();
    const holder = createCopyHolder(partyOf(jwk), other);
    const own = newFolder({ key: 'secret' });
    const recorded = holder.offer({ nonce, names: ['key'] });
    const oldOffer = await listen({ ...holder, offer: () => recorded });
    expect(await peersOf(own, [oldOffer.origin]).spread(['key'])).toBe(0);
    expect(oldOffer.calls).toEqual([]);
    const stored = await holder.keep(copyOf(recorded, jwk));
    rmSync(join(other.directory, 'key'));
    const oldAcknowledgement = await listen({ ...holder, keep: () => Promise.resolve(stored) });
    expect(await peersOf(own, [oldAcknowledgement.origin]).spread(['key'])).toBe(0);
    expect(oldAcknowledgement.calls).toHaveLength(1);
  });
});

describe('The key pair of an offer', () => {
  test('It opens one message and is forgotten, also where that message was wrong', async () => {
    const folder = newFolder();
    const holder = createCopyHolder(partyOf(jwk), folder);
    const offer = holder.offer({ nonce, names: ['key'] });
    const recorded = copyOf(offer, jwk);
    await holder.keep(recorded);
    expect(keyOf(folder)).toBe('secret');
    rmSync(join(folder.directory, 'key'));
    await expect(holder.keep(recorded)).rejects.toMatchObject({ code: 'not-admitted' });
    expect(keyOf(folder)).toBeNull();

    const second = holder.offer({ nonce, names: ['key'] });
    await expect(holder.keep(copyOf(second, stranger))).rejects.toMatchObject({ code: 'not-admitted' });
    await expect(holder.keep(copyOf(second, jwk))).rejects.toMatchObject({ code: 'not-admitted' });
    expect(keyOf(folder)).toBeNull();
  });

  test('It is forgotten after ten seconds, and beyond 64 at once offers are refused as busy', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const folder = newFolder();
    const holder = createCopyHolder(partyOf(jwk), folder);
    const offers = Array.from({ length: 64 }, () => holder.offer({ nonce, names: ['key'] }));
    expect(() => holder.offer({ nonce, names: ['key'] })).toThrow(expect.objectContaining({ code: 'busy' }));
    await holder.keep(copyOf(offers[0]!, jwk));
    holder.offer({ nonce, names: ['key'] });
    vi.advanceTimersByTime(10_000);
    await expect(holder.keep(copyOf(offers[1]!, jwk, 'late'))).rejects.toMatchObject({ code: 'not-admitted' });
    expect(keyOf(folder)).toBe('secret');
    expect(holder.offer({ nonce, names: ['key'] }).offer.missing).toEqual([]);
  });
});
