// No text is lost by a hiccup of the edge Redis: it is kept in memory and stored when Redis is back, and voters are asked to
// send it again when it may be lost.
import { describe, expect, test } from 'vitest';
import { drillTexts } from '../../support/services/text-drill.ts';
import type { TextDrill } from '../../support/services/text-drill.ts';

describe('Texts of 300 voters', { timeout: 120_000 }, () => {
  const drill = (fault: TextDrill['fault'], faultMs: number) =>
    drillTexts({ fault, faultMs, voters: 300, textsPerSecond: 40 });

  test('Texts outlast a network that is silent for twelve seconds, also those that were refused', async () => {
    const result = await drill('silent network', 12_000);
    expect(result).toMatchObject({ lost: 0, refusedForGood: 0, asked: 0, unverified: 0 });
    expect(result.refused).toBeGreaterThan(0);
    // Twilio waits this long.
    expect(result.webhookMs).toBeLessThan(15_000);
  });

  test('Texts outlast a Redis that is stopped for five seconds, and all are acknowledged', async () => {
    const result = await drill('stopped process', 5_000);
    expect(result).toMatchObject({ acknowledged: 300, lost: 0, asked: 0, unverified: 0 });
    expect(result.webhookMs).toBeGreaterThan(3_000);
  });

  test('Texts outlast connections that are cut four times a second', async () => {
    const result = await drill('cut connections', 4_000);
    expect(result).toMatchObject({ acknowledged: 300, lost: 0, unverified: 0 });
  });

  test('Texts that a Redis forgot are asked for again, and others are not', async () => {
    const result = await drill('restart with nothing', 0);
    expect(result).toMatchObject({ acknowledged: 300, lost: 0, unverified: 0 });
    // Those whose page was not in view when the text came.
    expect(result.asked).toBeGreaterThan(10);
    expect(result.asked).toBeLessThan(200);
  });
});
