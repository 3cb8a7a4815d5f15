// The memory of a Redis in `popvote doctor` and on the system page: reported from 70 percent on.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { memoryFinding } from '../../../src/cli/connection-checks.ts';
import { edgeMemoryMegabytes, promisedVotesPerSecond, voterBytesMax } from '../../../src/protocol/edge-memory.ts';
import { textSecondsMax } from '../../../src/protocol/verification-events.ts';

const infoOf = (used: number, most: number): string =>
  `# Memory\r\nused_memory:${used}\r\nused_memory_human:x\r\nmaxmemory:${most}\r\nmaxmemory_policy:noeviction\r\n`;

test.each([
  [699, 'ok', '70 % used'],
  [700, 'warning', '70 % used'],
  [899, 'warning', '90 % used'],
  [900, 'failed', '90 % used'],
] as const)('Of 1,000 bytes, %i used are a finding that is %s', (used, state, observed) => {
  const finding = memoryFinding('sms', 'EDGE_REDIS_URL', infoOf(used, 1_000));
  expect(finding).toMatchObject({ check: 'EDGE_REDIS_URL memory', state, observed });
  expect(finding.next === undefined).toBe(state === 'ok');
});

test('A Redis without a bound of its memory is a warning', () => {
  expect(memoryFinding('sms', 'EDGE_REDIS_URL', infoOf(5, 0))).toMatchObject({ state: 'warning' });
});

test('The size of the edge Redis holds the voters of the promised rate below the first warning', () => {
  const bytes = promisedVotesPerSecond * textSecondsMax * voterBytesMax;
  const full = edgeMemoryMegabytes * 1_048_576;
  expect(memoryFinding('sms', 'EDGE_REDIS_URL', infoOf(bytes, full))).toMatchObject({ state: 'ok' });
});

test('Docker Compose gives the edge Redis this size', () => {
  const compose = readFileSync(new URL('../../../docker-compose.yml', import.meta.url), 'utf8');
  const edge = compose.slice(compose.indexOf('\n  redis:\n'), compose.indexOf('\n  redis-control:\n'));
  expect(edge).toContain(`- \${REDIS_MAXMEMORY:-${edgeMemoryMegabytes}mb}\n`);
});
