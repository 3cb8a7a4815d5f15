// The peer of the notify bench: one raw hop through Redis, from PUBLISH to the message event of ioredis, at a given rate.
// Nothing that goes through Redis can be faster.
import { setTimeout as pause } from 'node:timers/promises';
import { createLogger } from '../../src/platform/logger.ts';
import { connectRedis, connectSubscriber, redisReady } from '../../src/platform/redis.ts';
import { serveCommands } from '../harness/child.ts';

const channel = 'bench:hop';
const readyMsMax = 5_000;

async function hop(order: { url: string; rate: number; count: number }): Promise<number[]> {
  const logger = createLogger('bench', 'silent');
  const publisher = connectRedis(order.url, logger);
  const subscriber = connectSubscriber(order.url, logger);
  await Promise.all([redisReady(publisher, readyMsMax), subscriber.subscribe(channel)]);
  const latencies: number[] = [];
  const arrived = new Promise<void>((resolve) => {
    subscriber.on('message', (_channel, message) => {
      latencies.push(performance.now() - Number(message));
      if (latencies.length === order.count) resolve();
    });
  });
  const start = performance.now();
  for (let index = 0; index < order.count; index += 1) {
    const dueAt = start + (index * 1_000) / order.rate;
    const early = dueAt - performance.now();
    if (early > 1) await pause(early);
    void publisher.publish(channel, String(Math.min(dueAt, performance.now())));
  }
  await Promise.race([arrived, pause(readyMsMax)]);
  publisher.disconnect();
  subscriber.disconnect();
  return latencies;
}

serveCommands({ hop });
