// Metrics of the connections of a process to Redis. Labels are names that the program gives.
import { Counter, Gauge } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import type { Redis } from './redis.ts';

/** Shows of each connection to Redis whether it is ready, and how often it failed or was lost. */
export function watchRedis(registry: Metrics, connections: Readonly<Record<string, Redis>>): void {
  const registers = [registry];
  const errors = new Counter({
    name: 'popvote_redis_errors_total',
    help: 'Errors and lost connections, by connection. Commands that fail while there is none are not counted.',
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
}
