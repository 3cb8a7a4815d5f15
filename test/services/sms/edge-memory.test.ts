// The memory of the edge Redis: what a voter costs there, what is left after the cast, and the size that follows from it.
import { describe, expect, test } from 'vitest';
import { messageBytesMax, voterBytesMax } from '../../../src/protocol/edge-memory.ts';
import { startEdgeVoters } from '../../support/services/edge-voters.ts';

const voters = 2_000;

describe('A voter in the edge Redis', { timeout: 240_000 }, () => {
  test('A voter costs at most the bytes from which its size is derived, and little after the cast', async () => {
    await using edge = await startEdgeVoters(voters);
    // Connections, scripts and the first hashes.
    await edge.begin(0, 200);
    const before = await edge.bytes();
    const tokens = await edge.begin(200, voters);
    const after = await edge.bytes();
    const each = (after - before) / voters;
    expect(each).toBeGreaterThan(100);
    expect(each).toBeLessThan(voterBytesMax + messageBytesMax);

    const some = tokens.slice(0, 200);
    for (const token of some) await edge.cast(token);
    await expect.poll(async () => (await edge.api.admin.keys('t:*')).length).toBe(200 + voters - some.length);
    // What is left is folded: the limits, the sender and the name of the message.
    const kinds = new Set((await edge.api.admin.keys('*')).map((key) => key.split(':').slice(0, 3).join(':')));
    expect([...kinds].filter((kind) => /^(verified|sender)/.test(kind))).toEqual([]);
  });
});
