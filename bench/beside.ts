// bench beside: complete votes through the public API of this version and of an older one, which is built beside it. Both
// run by turns, each started again for its block, driven by the same generator; the older one needs fewer members in a
// request. Each runs as its own `start` runs it: under Node 20 this version finds Node 24 for its services, the older one does not.
// Run: npx tsx bench/beside.ts [--quick] [--json] [--node PATH] [--commit f47e454]
import { builtCommand } from '../src/local/build-stamp.ts';
import { figureOf, interleave, ratioOf, spread } from './harness/blocks.ts';
import { minBatch } from './harness/counting-election.ts';
import { buildOtherVersion } from './harness/other-version.ts';
import { runBench } from './harness/run.ts';
import { mediansByProcess, measureVersion, votersAtOnce } from './harness/version-block.ts';
import type { Block } from './harness/version-block.ts';

/** The version that design and README compare with: the last one before the work on speed. */
const defaultCommit = 'f47e454';

type Version = {
  readonly name: 'this' | 'older';
  readonly command: string;
  readonly withoutCastTag: boolean;
  readonly environment: Readonly<Record<string, string>>;
};

await runBench('beside', 'votes a second of this version and of an older one', async (bench) => {
  const { quick, findings, say } = bench;
  const commit = bench.commit ?? defaultCommit;
  const versions: readonly Version[] = [
    {
      name: 'this',
      command: builtCommand(process.cwd()),
      withoutCastTag: false,
      environment: { POPVOTE_NODE: 'best' },
    },
    { name: 'older', command: await buildOtherVersion(bench, commit), withoutCastTag: true, environment: {} },
  ];
  const blocks: Record<Version['name'], Block[]> = { this: [], older: [] };
  say(`by turns with ${commit}`);
  const rounds = await interleave(
    versions.map((version) => ({
      name: version.name,
      run: async () => {
        const block = await measureVersion(bench, version);
        blocks[version.name].push(block);
        return block.votes;
      },
    })),
    quick ? 2 : 4,
    // Each block starts and warms up its own platform.
    { warmUp: false },
  );
  findings.note(`The older version is ${commit}. Both run an election that counts, K = ${minBatch}.`);
  findings.note('Under Node 20, the services of this version run with Node 24, as `npm start` installs it.');
  findings.target('votes a second, to the older version', ratioOf(rounds, 'this', 'older'), 'x', 'at least', 2.5);
  findings.figure('this version', figureOf(rounds, 'this'), 'votes/s');
  findings.figure('the older version', figureOf(rounds, 'older'), 'votes/s');
  const figureIn = (name: Version['name'], figure: Exclude<keyof Block, 'micros'>) =>
    spread(blocks[name].map((block) => block[figure]));
  for (const name of ['this', 'older'] as const) {
    findings.figure(`processor per vote, ${name}, with the generator`, figureIn(name, 'gross'), 'µs');
    findings.figure(`processor per vote, ${name}, without it`, figureIn(name, 'net'), 'µs');
    findings.figure(`p99 of a cast with ${votersAtOnce} at once, ${name}`, figureIn(name, 'castP99'), 'ms');
    for (const [process, micros] of mediansByProcess(blocks[name])) {
      findings.figure(`processor per vote, ${name}: ${process}`, micros, 'µs');
    }
  }
});
