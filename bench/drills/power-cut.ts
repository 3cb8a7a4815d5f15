// The whole platform on a disk that stops from one moment to the next while people vote and officials upload, and its
// restart. Needs root and a loop device. Run: npx tsx bench/drills/power-cut.ts [--quick]
import { chmodSync } from 'node:fs';
import { cutDiskHindrance } from '../harness/cut-disk.ts';
import { powerCut } from '../harness/power-cut.ts';
import { runBench } from '../harness/run.ts';

/** Voting before the cut, in milliseconds. */
const loadMsFull = 60_000;
const loadMsQuick = 10_000;
/** Voters at once. */
const voters = 20;

await runBench('power-cut', 'power cut of both databases and both Redis', async ({ quick, findings, ...bench }) => {
  const hindrance = cutDiskHindrance();
  findings.hindrance = hindrance;
  if (hindrance !== null) return;
  // The account of the database enters it.
  chmodSync(bench.directory, 0o755);
  const loadMs = quick ? loadMsQuick : loadMsFull;
  const result = await powerCut({ directory: bench.directory, loadMs, voters, say: bench.say });
  const { acknowledged, participation, outbox, box, filesConfirmed, filesCounted, paperRows } = result;
  const doubled = box + outbox - participation - paperRows;
  findings.ballots = {
    acknowledged: acknowledged + paperRows,
    lost: result.lost,
    doubled: Math.max(0, doubled),
    receiptsDifferent: null,
    gapSeconds: null,
  };
  findings.figure('votes acknowledged', acknowledged, '');
  findings.figure('files of paper ballots confirmed', filesConfirmed, '');
  findings.figure('from the boot until the platform serves', result.restartMs / 1_000, 's');
  findings.figure('files of the control Redis repaired', Number(result.repaired), '');
  findings.check('votes and files were confirmed', acknowledged > 0 && filesConfirmed > 0, `${acknowledged} votes`);
  findings.check('no acknowledged ballot is lost', result.lost === 0, `${result.lost} of ${acknowledged}`);
  findings.check(
    'every confirmed file is counted',
    filesCounted === filesConfirmed,
    `${filesCounted} of ${filesConfirmed}`,
  );
  findings.check(
    'participation + paper ballots = outbox + box',
    participation + paperRows === outbox + box,
    `${participation} + ${paperRows} = ${outbox} + ${box}`,
  );
});
