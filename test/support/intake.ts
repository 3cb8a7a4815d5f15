// The private ballot server over real databases, with keys of its own, and callers that may call it.
import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes, randomUUID, sign } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { buildBallotsPrivateApp } from '../../src/services/ballots/app.ts';
import type { ElectionKeyPeers } from '../../src/services/ballots/election-key-files.ts';
import { createBallotsLogic } from '../../src/services/ballots/logic.ts';
import type { BatcherBounds } from '../../src/platform/batches/batcher.ts';
import { publicationOf } from '../../src/services/elections/publishing/publication.ts';
import { createLogOpener } from '../../src/services/elections/record/manifest.ts';
import type { Report } from '../../src/platform/health/examination.ts';
import type { App } from '../../src/platform/http/http.ts';
import { keyedHash, newestKey } from '../../src/platform/keys/keyed-hash.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { newKeyFiles } from '../../src/platform/keys/new-keys.ts';
import type { KeyFiles } from '../../src/platform/keys/new-keys.ts';
import { newEpochKey } from '../../src/platform/keys/sealed-boxes.ts';
import type { EpochPrivateKey } from '../../src/platform/keys/sealed-boxes.ts';
import { signingKey } from '../../src/platform/keys/signatures.ts';
import type { Attestation } from '../../src/protocol/proofs/attestation.ts';
import { identityText } from '../../src/protocol/ballot-service.ts';
import type { CastCall, CastOutcomeAnswer } from '../../src/protocol/ballot-service.ts';
import { remainingMsHeader } from '../../src/protocol/private-calls.ts';
import type { ElectionDefinition } from '../../src/protocol/public-document.ts';
import { epochSigningBytes } from '../../src/protocol/sealed-ballot.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { addMixerKey } from '../../src/store/mixer-keys.ts';
import { createDatabases } from './database.ts';
import type { TestDatabases } from './database.ts';
import { ballot, definition } from './elections.ts';
import { createLogProbe } from './log.ts';
import { loggedPublicationOf } from './record/manifests.ts';
import { createProver, newSid } from './voter/proofs.ts';

export type Intake = AsyncDisposable & {
  readonly databases: TestDatabases;
  readonly keys: KeyFiles;
  readonly keysDirectory: string;
  readonly log: { text(): string };
  /** Another process of `ballots` over the same database and keys. */
  app(options?: {
    bounds?: Partial<BatcherBounds>;
    keysDirectory?: string;
    peers?: ElectionKeyPeers;
    wrap?: (pool: Pool) => Pool;
    report?: Report;
  }): Promise<App>;
  /** Calls a private route in the name of a service. */
  call(
    app: App,
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: unknown,
    caller?: 'api' | 'elections',
  ): Promise<Answer>;
  /** The request of such a call. */
  request(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: unknown,
    caller?: 'api' | 'elections',
  ): Promise<PrivateRequest>;
  /** Casts by a call of its own, with the answer that the voter would get. `msMax`: how long the caller waits. */
  castAt(app: App, cast: unknown, msMax?: number): Promise<Answer>;
  /** A call that casts; each cast without an identity is another voter's. */
  cast(options?: CastOptions): CastCall;
  /** Creates the intake of an election, and its public log. */
  create(app: App, election: ElectionDefinition, options?: { readonly withLog?: boolean }): Promise<Answer>;
  /** An hourly key, signed by the mixer. */
  epoch(createdAtMs?: number): Promise<EpochPrivateKey>;
};
export type PrivateRequest = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload?: object;
};
export type Answer = { status: number; body: Record<string, unknown>; text: string; headers: Record<string, unknown> };
export type CastOptions = {
  electionId?: string;
  identity?: string;
  phone?: string;
  ballotKey?: string;
  ballot?: CastCall['ballot'];
  verifiedAtMs?: number;
  method?: Attestation['method'];
  sid?: string;
};

export const random32 = (): string => randomBytes(32).toString('base64url');

/** An election of its own id. */
export const newElection = (changes: Partial<ElectionDefinition> = {}): ElectionDefinition =>
  definition({ id: `e-${randomUUID()}`, ...changes });

/**
 * Sends the same cast again while the answer is 503, as callers do: `busy` recorded nothing, and the same cast settles an unknown
 * one.
 */
export async function settled(send: () => Promise<Answer>): Promise<Answer> {
  for (let times = 1; ; times += 1) {
    const answer = await send();
    if (answer.status !== 503 || times === 60) return answer;
    await pause(250);
  }
}

export async function createIntake(): Promise<Intake> {
  const databases = await createDatabases();
  const keys = newKeyFiles();
  const folder = mkdtempSync(join(tmpdir(), 'popvote-keys-'));
  const keysDirectory = join(folder, 'elections');
  const probe = createLogProbe('ballots');
  const open: (() => Promise<unknown>)[] = [];
  const poolOf = (connectionsMax: number, role: string, database: 'intake' | 'box' = 'intake'): Pool => {
    const pool = openPool(databases.url(database, role), { name: 'test', connectionsMax });
    // No test here waits for this bound; a late machine exceeds the usual two seconds.
    pool.options.connectionTimeoutMillis = 20_000;
    open.push(() => pool.end());
    return pool;
  };
  const mixerPool = poolOf(1, 'popvote_mixer');
  const boxPool = poolOf(1, 'popvote_elections', 'box');
  const request: Intake['request'] = async (method, path, body, caller = 'elections') => ({
    method,
    url: path,
    headers: { authorization: `Bearer ${await callerToken(keys[caller].caller, caller)}` },
    ...(body !== undefined && { payload: body as object }),
  });
  const call: Intake['call'] = async (app, ...what) => {
    const response = await app.inject(await request(...what));
    return {
      status: response.statusCode,
      body: response.json<Record<string, unknown>>(),
      text: response.body,
      headers: response.headers,
    };
  };
  return {
    databases,
    keys,
    keysDirectory,
    log: probe,
    async app(options = {}) {
      const castPool = poolOf(2, 'popvote_ballots');
      const pool = poolOf(2, 'popvote_ballots');
      const dependencies = {
        castPool: options.wrap?.(castPool) ?? castPool,
        pool,
        administrationPool: pool,
        keys: keys.ballots,
        publicKeys: keys.public,
        electionKeysDirectory: options.keysDirectory ?? keysDirectory,
        peers: options.peers ?? { origins: [], needed: 0 },
        clock: Date.now,
        logger: probe.logger,
        metrics: createMetrics('ballots'),
        ...(options.bounds && { bounds: options.bounds }),
      };
      const app = await buildBallotsPrivateApp({
        ...dependencies,
        logic: createBallotsLogic(dependencies),
        version: { version: 'test', node: process.versions.node },
        report: options.report,
        http: { shedAtLoopDelayMs: 0 },
      });
      open.unshift(() => app.close());
      await app.ready();
      return app;
    },
    call,
    request,
    async castAt(app, cast, msMax) {
      const { headers, ...rest } = await request('POST', '/private/casts', { casts: [cast] }, 'api');
      const waits = msMax === undefined ? {} : { [remainingMsHeader]: String(msMax) };
      const response = await app.inject({ ...rest, headers: { ...headers, ...waits } });
      const whole = { status: response.statusCode, text: response.body, headers: response.headers };
      const body = response.json<Record<string, unknown>>();
      const [outcome] = (body['outcomes'] ?? []) as CastOutcomeAnswer[];
      if (outcome === undefined) return { ...whole, body };
      const text = JSON.stringify(outcome);
      if ('receipt' in outcome) return { ...whole, text, body: outcome };
      const retryAfter = { 'retry-after': outcome.retryAfterSeconds };
      return {
        status: outcome.problem.status,
        text,
        body: outcome.problem,
        headers: { ...whole.headers, ...retryAfter },
      };
    },
    cast: (options = {}) => castCallOf(keys, options),
    async create(app, election, { withLog = true } = {}) {
      const logged = loggedPublicationOf(keys, election, 1);
      const publication = withLog ? logged : publicationOf(election, signingKey(keys.elections.publisher), 1);
      const answer = await call(app, 'POST', '/private/elections', { definition: election, publication });
      if (withLog && answer.status === 200 && logged.manifest) await createLogOpener(boxPool)(logged.manifest);
      return answer;
    },
    async epoch(createdAtMs = Date.now()) {
      const epochKey = newEpochKey();
      const { kid, key } = signingKey(keys.mixer.identity);
      const signature = sign(null, epochSigningBytes(epochKey.epoch, createdAtMs, epochKey.publicKey), key);
      await addMixerKey(mixerPool, {
        epoch: epochKey.epoch,
        createdAtMs,
        publicKey: epochKey.publicKey,
        kid,
        signature,
      });
      return epochKey;
    },
    async [Symbol.asyncDispose]() {
      for (const close of open.splice(0)) await close();
      await databases[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A call that casts a ballot; each without an identity is another voter's. */
export function castCallOf(keys: KeyFiles, options: CastOptions): CastCall {
  const electionId = options.electionId ?? 'rehearsal';
  const number = options.identity ?? randomUUID();
  const session = {
    electionId,
    sid: options.sid ?? newSid(),
    identity: keyedHash(newestKey(keys.api.identity), identityText(electionId, 'hkid', number)),
    phoneKey: options.phone ?? random32(),
    ballotKey: options.ballotKey ?? random32(),
  };
  const { method = 'text-in', verifiedAtMs: atMs = Date.now() } = options;
  const attestation = createProver(keys.sms)(session, { method, atMs });
  return { ...session, attestation, ballot: options.ballot ?? ballot() };
}

/** A private call's token: who calls, and whom. */
export async function callerToken(jwk: KeyFiles['api']['caller'], name: string, service = 'ballots'): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'EdDSA', kid: jwk.kid })
    .setIssuer(name)
    .setAudience(service)
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(signingKey(jwk).key);
}
