// Connections to Redis, and scripts that run in it. Correctness never depends on Redis: every command has a limit in time and in retries, so that
// an outage is an error within a second and never a hanging request.
import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { addressesOf } from '../domain/text/host-list.ts';
import type { Logger } from './logger.ts';

export type { Redis };
type Settings = Omit<RedisOptions, 'replyMapping'>;

/** Longest wait for an answer to one command, in milliseconds. */
export const commandMsMax = 1_000;
/**
 * Longest time without any answer on a connection that waits for one, in milliseconds. Then it is replaced: a network can
 * lose a connection without telling either end.
 */
export const silenceMsMax = 5_000;
/** How often a connection that only subscribes asks whether the server is there, in milliseconds. */
const pingMs = 5_000;
/** Longest pause between two attempts to connect, in milliseconds. */
export const reconnectMsMax = 1_000;
/** Shortest, in milliseconds. */
const reconnectMsMin = 20;

/** A connection for commands: fails fast while Redis is unavailable, and reconnects by itself. */
export function connectRedis(url: string, logger: Logger, options: Settings = {}): Redis {
  const settings: Settings = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandMsMax,
    connectTimeout: 2_000,
    socketTimeout: silenceMsMax,
    // Full jitter, so that many processes do not reconnect in step.
    retryStrategy: (attempt: number) =>
      reconnectMsMin + Math.random() * (Math.min(reconnectMsMax, 50 * 2 ** Math.min(attempt, 10)) - reconnectMsMin),
    // After a failover the server of this connection may be a replica, which refuses writes for as long as it is open.
    reconnectOnError: isReplica,
    ...options,
  };
  const redis = openRedis(url, settings);
  let reported = false;
  const reportOutage = (about: object): void => {
    if (!reported) logger.warn(about, 'redis.away');
    reported = true;
  };
  redis.on('error', (error: Error) => reportOutage({ err: error }));
  // A server that shuts down in order closes its connections without an error.
  redis.on('reconnecting', () => reportOutage({}));
  redis.on('ready', () => {
    if (reported) logger.info('redis.back');
    reported = false;
  });
  return redis;
}

const isReplica = ({ message }: Error): boolean => message.startsWith('READONLY');

/**
 * A list of hosts names sentinels, which know the present primary of the Redis with the name in `sentinel`. User and
 * password are those of the Redis. Each new connection asks them.
 */
function openRedis(url: string, settings: Settings): Redis {
  const hosts = addressesOf(url).map((one) => new URL(one));
  const [{ protocol, username, password, searchParams } = new URL(url)] = hosts;
  const name = searchParams.get('sentinel');
  if (name === null) return new Redis(url, settings);
  return new Redis({
    ...settings,
    name,
    sentinels: hosts.map(({ hostname, port }) => ({ host: hostname, port: Number(port === '' ? 26_379 : port) })),
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    ...(protocol === 'rediss:' && { tls: {}, enableTLSForSentinelMode: true }),
    sentinelRetryStrategy: settings.retryStrategy as (attempt: number) => number,
    sentinelReconnectStrategy: settings.retryStrategy as (attempt: number) => number,
    sentinelCommandTimeout: commandMsMax,
    failoverDetector: true,
  });
}

/** A connection that only subscribes; see `keepSubscribed`. Messages of an outage are lost. */
export function connectSubscriber(url: string, logger: Logger): Redis {
  return connectRedis(url, logger, { autoResubscribe: false, enableOfflineQueue: true, maxRetriesPerRequest: null });
}

/**
 * Subscribes now and with each new connection, and calls `onSubscribed` each time: messages arrive from then on. The
 * library's own subscription is not used, because a process would end when it times out: no code handles its rejection.
 * A connection that was lost without a word is replaced too.
 */
export function keepSubscribed(
  subscriber: Redis,
  channel: string,
  onSubscribed: () => void = () => undefined,
): { stop(): void } {
  const onReady = (): void => {
    // A subscription that failed is made again with the next connection. One that was late has taken place.
    subscriber.subscribe(channel).then(onSubscribed, () => undefined);
  };
  subscriber.on('ready', onReady);
  if (subscriber.status === 'ready') onReady();
  const pings = setInterval(() => {
    if (subscriber.status === 'ready') subscriber.ping().catch(() => undefined);
  }, pingMs);
  pings.unref();
  return {
    stop() {
      clearInterval(pings);
      subscriber.off('ready', onReady);
    },
  };
}

/** Runs a script with these keys and arguments, and returns what it returns. One command. */
export type RunScript = (keys: readonly string[], values: readonly (string | number)[]) => Promise<unknown>;

/**
 * A Lua script that a server is sent once and then named by its hash (EVALSHA). `reads`: it changes nothing, so that a user
 * needs no right to write its keys. The keys are of one server.
 */
export function createScript(redis: Redis, text: string, does: 'reads' | 'writes'): RunScript {
  const [byHash, byText] = does === 'reads' ? (['evalsha_ro', 'eval_ro'] as const) : (['evalsha', 'eval'] as const);
  const hash = createHash('sha1').update(text).digest('hex');
  return async (keys, values) => {
    const operands = [keys.length, ...keys, ...values];
    try {
      return await redis.call(byHash, hash, ...operands);
    } catch (error) {
      // A server that was started again has forgotten it.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.call(byText, text, ...operands);
    }
  };
}

/** Redis answered a transaction with nothing: it was discarded. */
class NoReply extends Error {
  constructor() {
    super('Redis gave no reply to the commands.');
    this.name = 'NoReply';
  }
}

/**
 * The results of a transaction or pipeline, in the order of its commands. Throws the first error of a command, and if
 * there is no reply.
 */
export function resultsOf(replies: readonly (readonly [Error | null, unknown])[] | null): unknown[] {
  if (replies === null) throw new NoReply();
  return replies.map(([error, result]) => {
    if (error) throw error;
    return result;
  });
}

/**
 * The server's clock, in milliseconds since the epoch, from its INFO. The users of services may not call TIME. Throws if
 * there is no time in it.
 */
export function serverMsOf(info: string): number {
  const micros = /server_time_usec:(\d+)/.exec(info)?.[1];
  if (micros === undefined) throw new Error('Redis gave no time.');
  return Number(micros) / 1_000;
}

/** The run of a server, from its INFO: another one after each of its starts, and at another server. */
export const serverRunOf = (info: string): string => /^run_id:(\w+)/m.exec(info)?.[1] ?? '';

/** The part of a server's memory that is used, from its INFO: 1 is full. Null if it has no bound. */
export function redisMemoryPart(info: string): number | null {
  const bytesOf = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const bytesMax = bytesOf('maxmemory');
  return bytesMax === 0 ? null : bytesOf('used_memory') / bytesMax;
}

/** Waits, at most `ms` milliseconds, until the connection can take commands. */
export async function redisReady(redis: Redis, ms: number): Promise<boolean> {
  if (redis.status === 'ready') return true;
  return new Promise((resolve) => {
    const done = (ready: boolean): void => {
      clearTimeout(timer);
      redis.off('ready', onReady);
      resolve(ready);
    };
    const onReady = (): void => done(true);
    const timer = setTimeout(() => done(false), ms);
    redis.on('ready', onReady);
  });
}
