// Metrics of the connections of a process to Redis. Labels are names that the program gives.
import { Counter, Gauge, Histogram } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import type { Redis } from './redis.ts';

type Command = Parameters<Redis['sendCommand']>[0];

/** Shows of each connection to Redis whether it is ready, how often it was lost, and how its commands end. */
export function watchRedis(registry: Metrics, connections: Readonly<Record<string, Redis>>): void {
  const registers = [registry];
  const errors = new Counter({
    name: 'popvote_redis_errors_total',
    help: 'Errors and lost connections, by connection. popvote_redis_command_seconds has commands that fail.',
    labelNames: ['connection'],
    registers,
  });
  for (const [connection, redis] of Object.entries(connections)) {
    errors.inc({ connection }, 0);
    redis.on('error', () => errors.inc({ connection }));
    redis.on('reconnecting', () => errors.inc({ connection }));
  }
  new Gauge({
    name: 'popvote_redis_connected',
    help: '1 if the connection takes commands.',
    labelNames: ['connection'],
    registers,
    collect() {
      for (const [connection, { status }] of Object.entries(connections))
        this.set({ connection }, status === 'ready' ? 1 : 0);
    },
  });
  watchCommands(registry, connections);
}

/** `answered`; `refused`: the server answered with an error; `no-answer`: it was not reached, or was too slow. */
const commandOutcomes = ['answered', 'refused', 'no-answer'] as const;
type CommandOutcome = (typeof commandOutcomes)[number];

function watchCommands(registry: Metrics, connections: Readonly<Record<string, Redis>>): void {
  const seconds = new Histogram({
    name: 'popvote_redis_command_seconds',
    help: 'Seconds of commands by connection and outcome: answered, refused, no-answer. Those that wait for an entry are left out.',
    labelNames: ['connection', 'outcome'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 1],
    registers: [registry],
  });
  for (const [connection, redis] of Object.entries(connections)) {
    for (const outcome of commandOutcomes) seconds.zero({ connection, outcome });
    onCommand(redis, (startedMs, outcome) =>
      seconds.observe({ connection, outcome }, (performance.now() - startedMs) / 1_000),
    );
  }
}

/** Calls `done` with the end of each command. The library sends a command of a lost connection a second time. */
function onCommand(redis: Redis, done: (startedMs: number, outcome: CommandOutcome) => void): void {
  const watched = new WeakSet<Command>();
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    const opens = redis.status === 'connect' && openingCommands.has(command.name);
    if (!opens && !watched.has(command) && !mayWait(command)) {
      watched.add(command);
      const startedMs = performance.now();
      command.promise.then(
        () => done(startedMs, 'answered'),
        (error: unknown) => done(startedMs, outcomeOf(error)),
      );
    }
    return send(command, stream);
  };
}

/** By these the library opens a connection. Our users may not call all of them. */
const openingCommands: ReadonlySet<string> = new Set(['hello', 'auth', 'client', 'select', 'info']);

/** Its time is that of the wait for what others write. */
const mayWait = ({ name }: Command): boolean => name === 'xreadgroup' || name.endsWith('subscribe');

function outcomeOf(error: unknown): CommandOutcome {
  const { name, message } = error as Error;
  if (name !== 'ReplyError') return 'no-answer';
  // The program asks by these: the script is sent next, and the group of readers is there already.
  return /^(NOSCRIPT|BUSYGROUP)\b/.test(message) ? 'answered' : 'refused';
}
