// bench tally: how many ballots a second a recount goes through (the box's own function, a page at a time, every kind of
// ballot checked and added up) beside a plain `select … group by` through the same connection in the same run; and the
// seats of a large chamber. Afterwards the totals must equal those that PostgreSQL itself computes from the ballots.
// Run: npx tsx bench/tally.ts [--quick] [--json] [--size 10000000]
import { countContest } from '../src/domain/counting/counting-methods.ts';
import { tallyBox } from '../src/services/elections/results/box-tally.ts';
import type { BoxTally } from '../src/services/elections/results/box-tally.ts';
import { electionDefinition } from '../src/protocol/public-document.ts';
import type { ElectionDefinition } from '../src/protocol/public-document.ts';
import { openPool } from '../src/store/database.ts';
import type { Pool } from '../src/store/database.ts';
import { definition } from '../test/support/elections.ts';
import { figureOf, interleave, ratioOf, spread } from './harness/blocks.ts';
import type { Spread } from './harness/blocks.ts';
import { cpuMsPerRun, largeCountMsMax, largeChamber, votesOf, wholeCount } from './harness/chambers.ts';
import { runBench } from './harness/run.ts';
import type { Bench } from './harness/run.ts';
import { createDatabase, startDatabases } from './harness/servers.ts';

/** Ballots of each election; `--size` gives another number. A quick run has fewer of those that are all different. */
const ballotsDefault = 1_000_000;
const differentQuick = 200_000;
/** Longest statement, in milliseconds. */
const statementMsMax = 600_000;

/** A motion and a council: nine kinds of ballots. */
const plain = definition({ id: 'plain' });
/** Nine contests of five options each: almost every ballot is a kind of its own. */
const wide = electionDefinition.parse({
  ...definition({ id: 'wide' }),
  contests: Array.from({ length: 9 }, (_, contest) => ({
    id: `contest-${contest}`,
    title: { en: 'Contest' },
    method: 'plurality',
    minChoices: 1,
    maxChoices: 1,
    abstain: false,
    options: Array.from({ length: 5 }, (_option, option) => ({
      id: `option-${option}`,
      number: option + 1,
      title: { en: 'Option' },
    })),
  })),
});

/** Ballots of an election, drawn by PostgreSQL; an abstention is one of the choices where it is offered. */
function fillStatement({ id, contests }: ElectionDefinition): string {
  const answers = contests.map((contest) => {
    const choices = [...(contest.abstain ? ['[]'] : []), ...contest.options.map((option) => `["${option.id}"]`)];
    // The square makes the first choices likelier.
    const place = `1 + floor(${choices.length} * power(random(), 2))::int`;
    return `'{"choices":' || (array['${choices.join("','")}'])[${place}] || ',"contestId":"${contest.id}"}'`;
  });
  return `insert into pv.ballot (tracker, election_id, channel, ballot)
    select sha256(convert_to('${id}' || i, 'UTF8')), '${id}', case when i % 5 = 0 then 'batch' else 'online' end,
      '{"contests":[' || ${answers.join(` || ',' || `)} || ']}'
    from generate_series(1, $1::bigint) i`;
}

async function groupBy(pool: Pool, electionId: string): Promise<number> {
  const { rows } = await pool.query<{ copies: number }>(
    'select channel, ballot, count(*) as copies from pv.ballot where election_id = $1 group by channel, ballot',
    [electionId],
  );
  return rows.reduce((sum, { copies }) => sum + copies, 0);
}

/** Totals as PostgreSQL finds them inside the ballots, as text that two ways of counting have in common. */
async function totalsBySql(pool: Pool, electionId: string): Promise<string> {
  const { rows } = await pool.query<{ line: string }>(
    `select format('%s|%s|%s', c ->> 'contestId', coalesce(o.id, 'abstained'), count(*)) as line
     from pv.ballot b cross join lateral jsonb_array_elements(b.ballot::jsonb -> 'contests') c
     left join lateral jsonb_array_elements_text(c -> 'choices') o(id) on true
     where b.election_id = $1 group by c ->> 'contestId', o.id`,
    [electionId],
  );
  return rows
    .map(({ line }) => line)
    .sort()
    .join('\n');
}

function totalsOf({ totals }: BoxTally): string {
  return [...totals]
    .flatMap(([contestId, { votes, abstained }]) => [
      ...votes.map(({ optionId, votes: count }) => ({ line: `${contestId}|${optionId}|${count}`, count })),
      { line: `${contestId}|abstained|${abstained}`, count: abstained },
    ])
    .filter(({ count }) => count > 0)
    .map(({ line }) => line)
    .sort()
    .join('\n');
}

await runBench('tally', 'a recount of the box against group by', async (bench) => {
  const { findings, say, quick } = bench;
  const ballotsOf = (election: ElectionDefinition): number =>
    bench.size ?? (quick && election === wide ? differentQuick : ballotsDefault);
  const servers = await startDatabases(bench);
  await createDatabase(servers, 'box', 'box');
  for (const election of [plain, wide]) {
    say(`${ballotsOf(election)} ballots of "${election.id}"`);
    await servers.query('box', fillStatement(election), [ballotsOf(election)]);
    await servers.query('box', 'insert into pv.closed_box (election_id) values ($1)', [election.id]);
  }
  await servers.query('box', 'vacuum (analyze) pv.ballot');
  // One connection for both arms, of one who may read the table as well as call the function.
  const pool = openPool(servers.url('box'), { name: 'bench', connectionsMax: 1, statementMsMax });
  bench.cleanup.add(() => pool.end());

  // Before the peer, which takes its whole answer into memory.
  await tallyBox(pool, wide);
  findings.figure('memory of this process, all ballots different', process.resourceUsage().maxRSS / 1_024, 'MiB');
  const few = await compare(bench, pool, plain, ballotsOf(plain));
  findings.target('recount beside group by', few, 'x', 'at least', 0.8);
  findings.figure('the same, almost all ballots different', await compare(bench, pool, wide, ballotsOf(wide)), 'x');

  const count = wholeCount(votesOf(largeChamber), largeChamber.seats);
  const times = Array.from({ length: quick ? 5 : 11 }, () => cpuMsPerRun(10, count));
  findings.target('D’Hondt, a million seats', spread(times), 'ms of processor', 'at most', largeCountMsMax);
});

/** The recount's rate over the peer's, by turns; then what both must agree on. */
async function compare(
  { findings, quick, say }: Bench,
  pool: Pool,
  election: ElectionDefinition,
  ballots: number,
): Promise<Spread> {
  const name = election === plain ? 'few kinds of ballots' : 'almost all ballots different';
  say(name);
  const rate = async (work: () => Promise<number>): Promise<number> => {
    const start = performance.now();
    const counted = await work();
    if (counted !== ballots) throw new Error(`counted ${counted} of ${ballots}`);
    return (1_000 * ballots) / (performance.now() - start);
  };
  const recount = async (): Promise<number> => {
    const { online, batches } = await tallyBox(pool, election);
    return online + batches;
  };
  const rounds = await interleave(
    [
      { name: 'recount', run: () => rate(recount) },
      { name: 'group by', run: () => rate(() => groupBy(pool, election.id)) },
    ],
    quick ? 3 : 9,
  );
  findings.figure(`recount, ${name}`, figureOf(rounds, 'recount'), 'ballots/s');
  findings.figure(`group by, ${name}`, figureOf(rounds, 'group by'), 'ballots/s');
  const tally = await tallyBox(pool, election);
  const same = totalsOf(tally) === (await totalsBySql(pool, election.id));
  findings.check(`the totals that PostgreSQL finds inside the ballots, ${name}`, same, `${ballots} ballots`);
  const start = performance.now();
  for (const contest of election.contests) {
    countContest(contest, tally.totals.get(contest.id) ?? { votes: [], valid: 0, abstained: 0 });
  }
  findings.figure(`results from totals, ${name}`, performance.now() - start, 'ms');
  return ratioOf(rounds, 'recount', 'group by');
}
