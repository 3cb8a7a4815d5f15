// Elections drawn from a seed, counted by the platform: what a verifier with a counting of its own must agree with. Few votes
// and few options, so that ties, thresholds and majorities are met exactly.
import { faultsOfContest, faultsOfContests } from '../../src/domain/contest-rules.ts';
import type { ElectionDefinition } from '../../src/protocol/public-document.ts';
import type { ResultsBody } from '../../src/protocol/public-results.ts';
import { firstResults, openTies, withLots } from '../../src/services/elections/results/results-body.ts';

type Contest = ElectionDefinition['contests'][number];
type Law = NonNullable<Contest['law']>;
type CountedElection = { readonly contests: readonly Contest[]; readonly results: ResultsBody };

/** Whole numbers below a bound, the same for the same seed. */
type Draw = (below: number) => number;

function drawFrom(seed: number): Draw {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const oneOf = <T>(draw: Draw, values: readonly T[]): T => {
  const value = values[draw(values.length)];
  if (value === undefined) throw new Error('nothing to draw from');
  return value;
};
const sometimes = (draw: Draw, oneIn: number): boolean => draw(oneIn) === 0;

function shuffled<T>(draw: Draw, values: readonly T[]): T[] {
  const rest = [...values];
  const order: T[] = [];
  while (rest.length > 0) order.push(...rest.splice(draw(rest.length), 1));
  return order;
}

const bases = ['votes', 'valid', 'valid-and-blank', 'cast', 'entitled'] as const;
const share = (draw: Draw) => ({ numerator: draw(50), denominator: oneOf(draw, [50, 99, 100]) });
const shareRule = (draw: Draw, of: readonly (typeof bases)[number][]) => ({
  share: share(draw),
  of: oneOf(draw, of),
  ...(sometimes(draw, 3) && { moreThan: true }),
});
const quorum = (draw: Draw) => ({
  share: share(draw),
  counted: oneOf(draw, ['valid', 'valid-and-blank', 'cast'] as const),
  ...(sometimes(draw, 3) && { moreThan: true }),
});

function seatLaw(draw: Draw, grouped: boolean): Law {
  const group = grouped && !sometimes(draw, 3) ? { group: 'g' } : {};
  const threshold = {
    ...shareRule(draw, 'group' in group ? bases.slice(0, 4) : bases),
    ...group,
    ...('group' in group && !sometimes(draw, 3) && { localSeats: 1 + draw(2) }),
    ...(sometimes(draw, 2) && { exemptFactor: { numerator: 27, denominator: 20 } }),
  };
  return {
    ...(!sometimes(draw, 4) && { threshold }),
    ...(sometimes(draw, 3) && { firstDivisor: { numerator: 14, denominator: 10 } }),
    ...(sometimes(draw, 5) && { quorum: quorum(draw) }),
    ...(sometimes(draw, 6) && { entitled: 1 + draw(120) }),
    ...(sometimes(draw, 2) && { tieRules: shuffled(draw, ['more-votes', 'lower-number'] as const).slice(draw(2)) }),
  };
}

function winnerLaw(draw: Draw, grouped: boolean): Law {
  const required = sometimes(draw, 3) ? { votes: 1 + draw(12) } : shareRule(draw, bases);
  return {
    ...(sometimes(draw, 2) && { required: [required] }),
    ...(sometimes(draw, 5) && { quorum: quorum(draw) }),
    ...(grouped && !sometimes(draw, 4) && { localOf: 'g' }),
    ...(sometimes(draw, 4) && { tieRules: ['lower-number' as const] }),
    ...(sometimes(draw, 6) && { entitled: 1 + draw(120) }),
  };
}

const withdrawnAt = '2026-06-01T10:00:00Z';

function seatOption(draw: Draw) {
  return {
    ...(sometimes(draw, 5) && { threshold: sometimes(draw, 2) ? ('exempt' as const) : share(draw) }),
    ...(sometimes(draw, 5) && { candidates: 1 + draw(4) }),
  };
}

function drawContest(draw: Draw, place: number, grouped: boolean): Contest {
  const method = oneOf(draw, ['plurality', 'approval', 'dhondt', 'sainteLague'] as const);
  const sharesSeats = method === 'dhondt' || method === 'sainteLague';
  const lawful = !sometimes(draw, 3);
  const law = sharesSeats ? seatLaw(draw, grouped) : winnerLaw(draw, grouped);
  const number = 2 + draw(4);
  return {
    id: `contest-${place}`,
    title: { en: 'Contest' },
    method,
    minChoices: 0,
    maxChoices: method === 'approval' ? number : 1,
    abstain: true,
    ...((sharesSeats || sometimes(draw, 2)) && { seats: 1 + draw(sharesSeats ? 12 : 3) }),
    ...(sharesSeats && !lawful && { thresholdPercent: oneOf(draw, [0, 5, 12.5, 3.3333]) }),
    ...(lawful && { law }),
    options: Array.from({ length: number }, (_, at) => ({
      id: `option-${at}`,
      number: at + 1,
      title: { en: `Option ${at}` },
      ...(sometimes(draw, 10) && { withdrawnAt }),
      ...(sharesSeats && lawful && law.threshold !== undefined && seatOption(draw)),
    })),
  };
}

/** Ballots of a contest: some votes for each option, as its method and the number of ballots allow. */
function drawTotals(draw: Draw, contest: Contest, ballots: number) {
  const abstained = draw(Math.min(4, ballots + 1));
  const valid = ballots - abstained;
  let remaining = valid;
  const ceiling = Math.max(1, Math.floor(valid / 2));
  const votes = contest.options.map(({ id }, at) => {
    const isLast = at === contest.options.length - 1;
    const most = contest.method === 'approval' ? valid : Math.min(remaining, ceiling);
    // The last option gets what makes every valid ballot choose something.
    const each = isLast ? remaining : draw(most + 1);
    remaining = Math.max(0, remaining - each);
    return { optionId: id, votes: each };
  });
  return { votes, valid, abstained };
}

/** One election from a seed, or null where its contests break a rule. */
function drawElection(seed: number): CountedElection | null {
  const draw = drawFrom(seed);
  const number = 1 + draw(4);
  const contests = Array.from({ length: number }, (_, place) => drawContest(draw, place, number > 1));
  const hasRoll = sometimes(draw, 2);
  const faults = [...contests.flatMap((contest) => faultsOfContest(contest)), ...faultsOfContests(contests, hasRoll)];
  if (faults.length > 0) return null;
  const online = draw(40);
  const batches = draw(20);
  const invalidByReason = { 'Duplicate ballot.': draw(3), 'Invalid poll number.': draw(5) };
  const invalid = invalidByReason['Duplicate ballot.'] + invalidByReason['Invalid poll number.'];
  const definition = { id: 'drawn', rehearsal: false, contests } as unknown as ElectionDefinition;
  const totals = new Map(contests.map((contest) => [contest.id, drawTotals(draw, contest, online + batches)]));
  let results = firstResults(definition, {
    closedAt: withdrawnAt,
    eligible: hasRoll ? 60 + draw(60) : null,
    online: { received: online, valid: online },
    batches: { files: 1, received: batches + invalid, valid: batches, missing: 0, invalidByReason },
    totals,
  });
  const lots: Record<string, { order: string[]; note: string }> = {};
  while (openTies(results).length > 0 && !sometimes(draw, 3)) {
    const contestId = oneOf(draw, openTies(results));
    const tied = results.contests.find((counted) => counted.contestId === contestId)?.tie?.tied ?? [];
    // A lot of a local contest may leave a chamber without the tie that its own lot decided.
    const order = { order: shuffled(draw, tied), note: 'Drawn.' };
    try {
      results = withLots(definition, results, { ...lots, [contestId]: order }, results.revision + 1);
    } catch {
      break;
    }
    lots[contestId] = order;
  }
  return { contests, results };
}

/** So many elections, the same for the same number. */
export function countedElections(number: number): CountedElection[] {
  const elections: CountedElection[] = [];
  for (let seed = 1; elections.length < number; seed += 1) {
    const election = drawElection(Math.imul(seed, 2_654_435_761));
    if (election !== null) elections.push(election);
  }
  return elections;
}
