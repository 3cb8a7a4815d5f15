// How many commands the edge Redis gets for a vote, from `api` and `sms` together: one for each step. Those that a script
// runs are counted apart, because they need no message.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEdgeVoters } from '../../support/services/edge-voters.ts';

const voters = 60;
/** The keys of voters: their texts, who sent their codes, the names of messages, and limits. Others are of schedules. */
const ofVoters = /^(?:t:|f:|sms:m:|limits:)/;

let edge: Awaited<ReturnType<typeof startEdgeVoters>>;
beforeAll(async () => {
  edge = await startEdgeVoters(1_000);
  // The first voters send the texts of the scripts.
  for (const token of await edge.begin(910_000, 3)) await edge.cast(token);
});
afterAll(() => edge[Symbol.asyncDispose]());

test('A vote needs four commands of Redis: session, text, wait and cast', async () => {
  const counts = new Map<string, number>();
  const monitor = await edge.api.admin.monitor();
  monitor.on('monitor', (_time: string, [name = '', ...operands]: string[], source: string) => {
    const isOfVoter = source !== 'lua' && operands.some((operand) => ofVoters.test(operand));
    if (isOfVoter) counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1);
  });
  for (const token of await edge.begin(920_000, voters)) await edge.cast(token);
  // The last command of a vote is not awaited.
  await expect.poll(() => counts.get('hdel')).toBe(voters);
  monitor.disconnect();
  expect(Object.fromEntries(counts)).toEqual({ evalsha: 2 * voters, evalsha_ro: voters, hdel: voters });
});
