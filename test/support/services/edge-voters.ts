// Voters as the edge Redis knows them: sessions and texts through the real routes of `api` and `sms`, to measure memory.
// Keys are folded for the rate at which that many voters come in the life of a text, so the figure is that of the promised
// rate.
import { randomBytes, randomUUID } from 'node:crypto';
import { textSecondsMax } from '../../../src/protocol/verification-events.ts';
import type { PendingSession } from '../../../src/protocol/public-api.ts';
import { signedHeaders, webhookKey } from '../../../src/services/sms/providers/webhook-signature.ts';
import { ballot } from '../elections.ts';
import { hkid, phone } from '../identities.ts';
import { castTagOf } from '../voter/proofs.ts';
import { startOwnRedis } from '../processes/own-redis.ts';
import { bearer, codeOf, secret, startApi } from './api.ts';
import { startSms } from './sms.ts';

const number = '+14155550101';
/** Voters who begin side by side. */
const besides = 20;

export async function startEdgeVoters(voters: number) {
  const votesPerSecond = voters / textSecondsMax;
  const redis = await startOwnRedis();
  const webhookSecret = `whsec_${randomBytes(24).toString('base64')}`;
  const api = await startApi({ redisUrl: redis.url, votesPerSecond, sessionsPerAddressBlock: 1_000_000 });
  const sms = await startSms({
    keys: api.keys,
    votesPerSecond,
    redisUrls: { sms: redis.url('sms'), admin: redis.url('admin') },
    providers: [{ kind: 'webhook', secrets: [webhookSecret], number }],
  });
  const post = async (url: string, payload: object, headers = {}): Promise<string> => {
    const { statusCode, body } = await api.app.inject({ method: 'POST', url, payload, headers });
    if (statusCode !== 201) throw new Error(body);
    return body;
  };
  const textIn = async (n: number): Promise<string> => {
    const ballotKey = secret();
    const person = { phone: phone(n), identity: { number: hkid(n) }, castTag: castTagOf(ballotKey) };
    const session = JSON.parse(
      await post('/v1/sessions', { electionId: api.election.id, method: 'text-in', ...person }),
    ) as PendingSession;
    const body = JSON.stringify({
      type: 'text.received',
      timestamp: new Date().toISOString(),
      data: { from: person.phone, to: number, body: codeOf(session) },
    });
    const signed = signedHeaders([webhookKey(webhookSecret)], randomUUID(), Date.now(), body);
    const headers = { 'content-type': 'application/json', ...signed };
    const answer = await fetch(`${sms.publicUrl}/webhooks/webhook`, { method: 'POST', headers, body });
    if (answer.status !== 200) throw new Error(await answer.text());
    return session.token;
  };
  return {
    api,
    /** Begins the sessions of some voters and sends their texts. Returns the pending tokens. */
    async begin(from: number, count: number): Promise<string[]> {
      const tokens: string[] = [];
      for (let at = 0; at < count; at += besides) {
        const some = Array.from({ length: Math.min(besides, count - at) }, (_, n) => textIn(from + at + n));
        tokens.push(...(await Promise.all(some)));
      }
      return tokens;
    },
    /** Casts the ballot of a session whose text has arrived. */
    async cast(pendingToken: string): Promise<void> {
      const headers = bearer(pendingToken);
      const state = (await api.app.inject({ url: '/v1/sessions/current', headers })).json<{ token: string }>();
      await post('/v1/ballots', { ballotKey: secret(), ballot: ballot() }, bearer(state.token));
    },
    /** Memory of the server, in bytes. */
    async bytes(): Promise<number> {
      return Number(/^used_memory:(\d+)/m.exec(await api.admin.info('memory'))?.[1]);
    },
    async [Symbol.asyncDispose]() {
      await sms[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}
