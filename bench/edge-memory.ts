// bench edge-memory: what voters cost in the edge Redis at the promised rate, in the memory of
// `sms`, in the Redis that ships. The full run takes 20 minutes, and shows whether its size lasts. A quick one folds the keys
// for its own number of voters, so that hashes are as full as they are after 15 minutes.
// Run: npx tsx bench/edge-memory.ts [--quick] [--json]
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createLogger } from '../src/platform/logger.ts';
import { connectRedis, redisReady } from '../src/platform/redis.ts';
import { attestedTime } from '../src/protocol/proofs/attestation.ts';
import {
  edgeMemoryMegabytes,
  messageBytesMax,
  promisedVotesPerSecond,
  redisMemoryWarnPart,
  voterBytesMax,
} from '../src/protocol/edge-memory.ts';
import { textSecondsMax } from '../src/protocol/verification-events.ts';
import { createTextMemory } from '../src/services/sms/inbound/text-memory.ts';
import { startOwnRedis } from '../test/support/processes/own-redis.ts';
import { runBench } from './harness/run.ts';

const secondsFull = 1_200;
const secondsQuick = 30;
/** Between two groups of voters, in milliseconds. */
const groupMs = 50;

const newName = (): string => randomBytes(32).toString('base64url');

await runBench(
  'edge-memory',
  'memory of the edge Redis at the promised rate',
  async ({ quick, findings, say, cleanup }) => {
    const seconds = quick ? secondsQuick : secondsFull;
    const fold = quick ? (promisedVotesPerSecond * seconds) / textSecondsMax : promisedVotesPerSecond;
    const server = await startOwnRedis();
    cleanup.add(async () => {
      await server[Symbol.asyncDispose]();
    });
    const logger = createLogger('bench', 'silent');
    const connect = async (user: string) => {
      const redis = connectRedis(server.url(user), logger, { enableAutoPipelining: true, commandTimeout: 10_000 });
      cleanup.add(() => redis.disconnect());
      await redisReady(redis, 5_000);
      return redis;
    };
    const admin = await connect('admin');
    await admin.config('SET', 'maxmemory', `${edgeMemoryMegabytes}mb`);
    const memory = createTextMemory(await connect('sms'), fold);
    const bytes = async (): Promise<number> => Number(/^used_memory:(\d+)/m.exec(await admin.info('memory'))?.[1]);
    let refused = 0;
    const voter = async (): Promise<void> => {
      const verifiedAtMs = attestedTime(Date.now());
      const attestation = { method: 'text-in' as const, binding: newName(), verifiedAtMs, mac: newName() };
      const event = { phoneKey: newName(), attestation, check: newName().slice(0, 11) };
      await memory.remember(newName().slice(0, 22), [event]).catch(() => (refused += 1));
    };
    const before = await bytes();
    say(`${promisedVotesPerSecond} voters a second, for ${seconds} s`);
    let voters = 0;
    let most = 0;
    const startedAt = performance.now();
    for (let elapsed = 0; elapsed < seconds * 1_000; elapsed = performance.now() - startedAt) {
      const due = Math.floor((elapsed / 1_000) * promisedVotesPerSecond) - voters;
      await Promise.all(Array.from({ length: due }, voter));
      voters += due;
      most = Math.max(most, await bytes());
      await pause(groupMs);
    }
    const ttl = Math.min(seconds, textSecondsMax);
    const each = ((await bytes()) - before) / Math.min(voters, promisedVotesPerSecond * ttl);
    findings.target('bytes for a voter', each, 'B', 'at most', voterBytesMax + messageBytesMax);
    findings.figure('voters', voters, '');
    findings.figure('voters per second', voters / seconds, '/s');
    findings.figure('most memory', most / 1_048_576, 'MiB');
    findings.figure('size of the edge Redis', edgeMemoryMegabytes, 'MiB');
    findings.check('no text was refused', refused === 0, `${refused} of ${voters}`);
    findings.check(
      'the memory stayed below the alarm',
      most < edgeMemoryMegabytes * 1_048_576 * redisMemoryWarnPart,
      `${((most / 1_048_576 / edgeMemoryMegabytes) * 100).toFixed(1)} % used`,
    );
  },
);
