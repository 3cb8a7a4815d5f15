// The readiness of an election before it opens, from the service's checks.
import { Link } from 'wouter-preact';
import type { Readiness, ReadinessName } from '../../../protocol/control/live-api.ts';
import { Moment } from '../parts/moment.tsx';
import { StateTag } from '../parts/state-tag.tsx';
import { useRemote } from '../remote.ts';
import { countText } from '../words.ts';
import { pathOf } from './draft/definition.ts';

/** Time between two polls, in milliseconds. */
const lookMs = 15_000;

const names: Readonly<Record<ReadinessName, string>> = {
  definition: 'Definition',
  announcement: 'Announcement',
  capacity: 'Number of elections',
  intake: 'Ballot intake',
  sealing: 'Sealing keys',
  publication: 'Public documents',
  verification: 'Phone verification',
  'text-in': 'Texts from voters',
  code: 'Codes to voters',
  simulator: 'Real phones',
  roll: 'Roll',
  devices: 'Devices of stations',
  batches: 'Paper ballots',
  clocks: 'Clocks',
  rehearsal: 'Rehearsal',
  'public-log': 'Public log',
  'two-people': 'Two administrators',
  'second-factor': 'Second factor',
};

export function ReadinessList({ electionId }: { readonly electionId: string }) {
  const { data, error } = useRemote<Readiness>('elections', `${pathOf(electionId)}/readiness`, { everyMs: lookMs });
  if (data === undefined) {
    if (error === null || error.is('not-found')) return null;
    return (
      <p class="note warn">
        The readiness checks are not available: {error.problem.title}. {error.problem.detail}
      </p>
    );
  }
  const unready = data.checks.filter(({ state }) => state !== 'ok').length;
  return (
    <section aria-labelledby="readiness-title">
      <h2 id="readiness-title">Readiness</h2>
      <p class="muted">
        {unready === 0
          ? 'All checks passed.'
          : `${unready} of ${countText(data.checks.length, 'check')} ${unready === 1 ? 'needs' : 'need'} attention.`}{' '}
        Checked at <Moment at={data.at} form="clock" />.
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
              {name === 'devices' && state !== 'ok' && (
                <p>
                  <Link href={`/activations?election=${encodeURIComponent(electionId)}`}>Voters without a phone</Link>
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
