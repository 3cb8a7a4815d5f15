// A drill: voters text their codes, each once, while the edge Redis fails. No text may be lost: every voter whose webhook
// was acknowledged is verified, or is asked to send the text again. Half of the phones show the page all the time, the
// others return to it when the fault is over.
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { signedHeaders, webhookKey } from '../../../src/services/sms/providers/webhook-signature.ts';
import { startOwnRedis } from '../processes/own-redis.ts';
import type { OwnRedis } from '../processes/own-redis.ts';
import { startProxy } from '../processes/proxy.ts';
import type { Proxy } from '../processes/proxy.ts';
import { bearer, sealer, startApi } from './api.ts';
import type { Fixture } from './api.ts';
import { startSms } from './sms.ts';
import type { Sms } from './sms.ts';

export const textFaults = ['silent network', 'stopped process', 'restart with nothing', 'cut connections'] as const;
export type TextFault = (typeof textFaults)[number];
export type TextDrill = {
  readonly fault: TextFault;
  /** How long the fault lasts, in milliseconds. A restart takes as long as it takes. */
  readonly faultMs: number;
  readonly voters: number;
  readonly textsPerSecond: number;
};
export type TextDrillResult = {
  readonly acknowledged: number;
  readonly refused: number;
  /** Voters who were asked to send their text again. */
  readonly asked: number;
  /** Acknowledged, and neither verified nor asked. */
  readonly lost: number;
  /** Refused, and neither verified nor asked: a provider that sends a webhook once has lost these. */
  readonly refusedForGood: number;
  /** Not verified after those who were asked have texted once more. */
  readonly unverified: number;
  /** Longest wait of a provider for its answer, in milliseconds. */
  readonly webhookMs: number;
};

/** How long voters look at the page after the fault, in milliseconds. */
const looksMs = 30_000;
const number = '+14155550101';

type Voter = {
  readonly session: { readonly token: string; readonly code: string; readonly phone: string };
  acknowledged: boolean;
  state: string;
};
type Doors = { readonly api: Fixture; readonly sms: Sms; readonly secret: string; readonly agent: Agent };

export async function drillTexts({ fault, faultMs, ...options }: TextDrill): Promise<TextDrillResult> {
  await using redis = await startOwnRedis();
  const proxy = await startProxy({ host: '127.0.0.1', port: redis.port });
  const urlOf = (user: string): string =>
    user === 'admin' ? redis.url(user) : redis.url(user).replace(`:${redis.port}`, `:${proxy.port}`);
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const providers = [{ kind: 'webhook', secrets: [secret], number }];
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  await using api = await startApi({ redisUrl: urlOf });
  await using sms = await startSms({
    keys: api.keys,
    redisUrls: { sms: urlOf('sms'), admin: urlOf('admin') },
    providers,
  });
  try {
    const begin = (): Promise<void> => breakFor(fault, faultMs, redis, proxy);
    return await textAndLook({ api, sms, secret, agent }, options, begin);
  } finally {
    agent.destroy();
    await proxy.close();
  }
}

async function textAndLook(
  doors: Doors,
  { voters: count, textsPerSecond }: Pick<TextDrill, 'voters' | 'textsPerSecond'>,
  breakIt: () => Promise<void>,
): Promise<TextDrillResult> {
  const seal = sealer(doors.api);
  const voters: Voter[] = await Promise.all(
    Array.from({ length: count }, async (_, n) => ({ session: await seal(n), acknowledged: false, state: 'pending' })),
  );
  const ending = new AbortController();
  const inView = voters.filter((_, n) => n % 2 === 0).map((voter) => look(doors, voter, ending.signal));
  const breaking = pause((count / textsPerSecond) * 300).then(breakIt);
  const waits = await Promise.all(
    voters.map(async (voter, n) => {
      await pause((n / textsPerSecond) * 1_000);
      const sentAtMs = performance.now();
      voter.acknowledged = await text(doors, voter);
      return performance.now() - sentAtMs;
    }),
  );
  await breaking;
  const returning = voters.filter((_, n) => n % 2 === 1).map((voter) => look(doors, voter, ending.signal));
  await withinMs(looksMs, ending, Promise.all([...inView, ...returning]));

  const acknowledged = voters.filter((voter) => voter.acknowledged);
  const refused = voters.filter((voter) => !voter.acknowledged);
  const askedVoters = voters.filter(({ state }) => state === 'send-again');
  const isForgotten = ({ state }: Voter): boolean => state === 'pending';
  const lostCount = acknowledged.filter(isForgotten).length;
  const refusedForGood = refused.filter(isForgotten).length;
  const again = new AbortController();
  const asking = askedVoters.map(async (voter) => {
    await text(doors, voter);
    await look(doors, voter, again.signal);
  });
  await withinMs(looksMs, again, Promise.all(asking));
  return {
    acknowledged: acknowledged.length,
    refused: refused.length,
    asked: askedVoters.length,
    lost: lostCount,
    refusedForGood,
    unverified: voters.filter(({ state }) => state !== 'verified').length,
    webhookMs: Math.max(...waits),
  };
}

/** Ends what is under way when the time is over. */
async function withinMs(ms: number, ending: AbortController, work: Promise<unknown>): Promise<void> {
  const timer = setTimeout(() => ending.abort(), ms);
  await work;
  clearTimeout(timer);
}

/** Sends the text of a voter once. Returns whether the provider's webhook was acknowledged. */
async function text({ sms, secret, agent }: Doors, { session }: Voter): Promise<boolean> {
  const data = { from: session.phone, to: number, body: session.code };
  const body = JSON.stringify({ type: 'text.received', timestamp: new Date().toISOString(), data });
  const headers = {
    'content-type': 'application/json',
    ...signedHeaders([webhookKey(secret)], randomUUID(), Date.now(), body),
  };
  const answer = await call(agent, `${sms.publicUrl}/webhooks/webhook`, headers, body);
  return answer?.status === 200;
}

/** Waits as the page does, until there is something else to do than before. */
async function look({ api, agent }: Doors, voter: Voter, signal: AbortSignal): Promise<void> {
  const before = voter.state;
  while (!signal.aborted) {
    const answer = await call(agent, `${api.origin}/v1/sessions/current?wait=5`, bearer(voter.session.token));
    if (answer?.status === 200) voter.state = (JSON.parse(answer.body) as { state: string }).state;
    else await pause(500);
    if (voter.state !== 'pending' && voter.state !== before) return;
  }
}

async function call(agent: Agent, url: string, headers: Record<string, string>, body?: string) {
  try {
    const sending = request(url, { agent, headers, method: body === undefined ? 'GET' : 'POST' });
    sending.end(body);
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    let answer = '';
    for await (const chunk of response) answer += String(chunk);
    return { status: response.statusCode ?? 0, body: answer };
  } catch {
    return null;
  }
}

async function breakFor(fault: TextFault, ms: number, redis: OwnRedis, proxy: Proxy): Promise<void> {
  switch (fault) {
    case 'silent network':
      proxy.silent(true);
      await pause(ms);
      proxy.silent(false);
      return;
    case 'stopped process':
      process.kill(redis.pid(), 'SIGSTOP');
      await pause(ms);
      process.kill(redis.pid(), 'SIGCONT');
      return;
    case 'restart with nothing':
      process.kill(redis.pid(), 'SIGKILL');
      await redis.stop();
      await redis.again();
      return;
    case 'cut connections': {
      const until = performance.now() + ms;
      while (performance.now() < until) {
        proxy.cut();
        await pause(250);
      }
    }
  }
}
