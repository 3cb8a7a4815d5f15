// What is ready before an election opens, as the service examined it; where the service does not tell, nothing is claimed.
import type { Readiness, ReadinessName } from '../../../protocol/control/live-api.ts';
import { StateTag } from '../parts/state-tag.tsx';
import { useRemote } from '../remote.ts';
import { clockText } from '../words.ts';
import { pathOf } from './draft/definition.ts';

/** Between two looks, in milliseconds. */
const lookMs = 15_000;

const names: Readonly<Record<ReadinessName, string>> = {
  definition: 'What is written',
  announcement: 'Announced',
  intake: 'Where votes are taken in',
  sealing: 'Keys that seal ballots',
  publication: 'Public documents',
  verification: 'Verifying phones',
  'text-in': 'Texts from voters',
  code: 'Codes to voters',
  roll: 'Roll',
  batches: 'Paper ballots',
  clocks: 'Clocks',
  rehearsal: 'Rehearsed',
};

export function ReadinessList({ electionId }: { readonly electionId: string }) {
  const { data, error } = useRemote<Readiness>('elections', `${pathOf(electionId)}/readiness`, { everyMs: lookMs });
  if (data === undefined) {
    if (error === null || error.is('not-found')) return null;
    return (
      <p class="note warn">
        What is ready cannot be told at the moment: {error.problem.title}. {error.problem.detail}
      </p>
    );
  }
  const amiss = data.checks.filter(({ state }) => state !== 'ok').length;
  return (
    <section aria-labelledby="readiness-title">
      <h2 id="readiness-title">Ready to open?</h2>
      <p class="muted">
        {amiss === 0
          ? 'Everything that was looked at is ready.'
          : `${amiss} of ${data.checks.length} are not all right.`}{' '}
        Looked at {clockText(data.at)} (UTC).
      </p>
      <ul class="checks">
        {data.checks.map(({ name, state, observed, next }) => (
          <li key={name}>
            <span>
              <StateTag state={state} />
            </span>
            <div>
              <p>
                <strong>{names[name]}</strong>: {observed}
              </p>
              {next !== undefined && <p class="muted">{next}</p>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
