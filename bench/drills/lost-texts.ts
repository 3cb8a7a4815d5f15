// bench lost-texts: texts that are sent once while the edge Redis is silent for 12 seconds, stopped for 5, cut off, and
// restarted empty. Every voter whose webhook was acknowledged must be verified, or be asked to send the text again.
// Run: npx tsx bench/drills/lost-texts.ts [--quick] [--size 5000] [--json]
import { drillTexts, textFaults } from '../../test/support/services/text-drill.ts';
// Declares what the run of the tests provides.
import type {} from '../../test/support/servers.ts';
import type { TextFault } from '../../test/support/services/text-drill.ts';
import { runBench } from '../harness/run.ts';

/** Voters of each fault, and their texts in a second. */
const votersFull = 5_000;
const votersQuick = 300;
const textsPerSecond = 150;
const faultMs: Readonly<Record<TextFault, number>> = {
  'silent network': 12_000,
  'stopped process': 5_000,
  'restart with nothing': 0,
  'cut connections': 10_000,
};

await runBench('lost-texts', 'texts sent once while the edge Redis fails', async ({ quick, size, findings, say }) => {
  const voters = size ?? (quick ? votersQuick : votersFull);
  for (const fault of textFaults) {
    say(`${fault}: ${voters} texts`);
    const result = await drillTexts({ fault, faultMs: faultMs[fault], voters, textsPerSecond });
    const { acknowledged, refused, refusedForGood, unverified, webhookMs } = result;
    findings.figure(`${fault}: acknowledged`, acknowledged, '');
    findings.figure(`${fault}: asked to send again`, result.asked, '');
    findings.figure(`${fault}: longest webhook`, webhookMs, 'ms');
    findings.check(`${fault}: no acknowledged text was lost`, result.lost === 0, `${result.lost} of ${acknowledged}`);
    findings.check(`${fault}: no refused text was lost`, refusedForGood === 0, `${refusedForGood} of ${refused}`);
    findings.check(`${fault}: all were verified in the end`, unverified === 0, `${voters - unverified} of ${voters}`);
  }
});
