// bench with-log: complete votes through the public API with the public log, and without it, by turns, each started again for its
// block. Run: npx tsx bench/with-log.ts [--quick] [--json] [--node PATH]
import { builtCommand } from '../src/local/build-stamp.ts';
import { figureOf, interleave, ratioOf, spread } from './harness/blocks.ts';
import { minBatch } from './harness/counting-election.ts';
import { runBench } from './harness/run.ts';
import { measureVersion, mediansByProcess } from './harness/version-block.ts';
import type { Block } from './harness/version-block.ts';

const arms = [
  { name: 'with', environment: {} },
  { name: 'without', environment: { ELECTIONS_LOG_HOST: '' } },
] as const;
type Name = (typeof arms)[number]['name'];

await runBench('with-log', 'votes a second with the public log, and without', async (bench) => {
  const { findings, quick } = bench;
  const command = builtCommand(process.cwd());
  const blocks: Record<Name, Block[]> = { with: [], without: [] };
  const rounds = await interleave(
    arms.map(({ name, environment }) => ({
      name,
      run: async () => {
        const block = await measureVersion(bench, { name, command, environment });
        blocks[name].push(block);
        return block.votes;
      },
    })),
    quick ? 2 : 4,
    // Each block starts and warms up its own platform.
    { warmUp: false },
  );
  findings.note(`An election that counts, K = ${minBatch}.`);
  findings.target('votes a second, to those without', ratioOf(rounds, 'with', 'without'), 'x', 'at least', 0.95);
  for (const { name } of arms) {
    findings.figure(`votes ${name} the log`, figureOf(rounds, name), 'votes/s');
    findings.figure(`processor per vote, ${name} the log`, spread(blocks[name].map(({ net }) => net)), 'µs');
  }
  // Where the difference is.
  const without = new Map(mediansByProcess(blocks.without));
  for (const [process, micros] of mediansByProcess(blocks.with)) {
    findings.figure(`processor per vote, with less without: ${process}`, micros - (without.get(process) ?? 0), 'µs');
  }
  const cost = spread(blocks.with.map(({ net }, at) => net / (blocks.without[at]?.net ?? Number.NaN)));
  findings.figure('processor per vote, to that without', cost, 'x');
});
