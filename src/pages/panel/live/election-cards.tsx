// Elections on the overview: a card with the turnout for each open one, and a list of upcoming ones.
import { Link } from 'wouter-preact';
import type { ElectionSummary } from '../../../protocol/control/elections-api.ts';
import type { Live, TurnoutHistory } from '../../../protocol/control/live-api.ts';
import { Spark } from '../charts/turnout-chart.tsx';
import { turnoutIntervals } from '../charts/turnout-intervals.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { RehearsalBand, StateTag } from '../parts/state-tag.tsx';
import { durationText, numberText, titleInEnglish } from '../words.ts';
import type { LiveReading } from './remotes.ts';
import { ballotNoun, castOf, eligibleWords } from './turnout-words.ts';
import { useNow } from './updates.tsx';

/** The end of voting, as a duration and as a time. */
export function ClosesIn({ election: { closesAt } }: { readonly election: ElectionSummary }) {
  const remainingMs = Date.parse(closesAt) - useNow();
  return (
    <p aria-live="off">
      {remainingMs > 0 ? `Closes in ${durationText(remainingMs)}: ` : 'Closes: '}
      <Moment at={closesAt} />
    </p>
  );
}

export function RunningCard({
  election,
  live,
  history,
}: {
  readonly election: ElectionSummary;
  readonly live: LiveReading<Live> | undefined;
  readonly history: TurnoutHistory | undefined;
}) {
  const { id, title, opensAt, rehearsal, phase } = election;
  const turnout = live?.data?.turnout;
  const intervals = history
    ? turnoutIntervals(history.samples, Date.parse(opensAt), Date.parse(live?.data?.at ?? new Date().toISOString()))
    : [];
  const at = `/elections/${id}`;
  return (
    <article class="card" aria-labelledby={`card-${id}`}>
      {rehearsal && <RehearsalBand />}
      <h3 id={`card-${id}`}>
        <Link href={at}>{titleInEnglish(title)}</Link>
      </h3>
      <p>
        <StateTag state={phase} />
      </p>
      <ClosesIn election={election} />
      {turnout && (
        <>
          <p class="big" aria-live="off">
            <strong>{numberText(castOf(turnout))}</strong> {ballotNoun(turnout)}
          </p>
          <p class="muted" aria-live="off">
            {eligibleWords(turnout)}
          </p>
          {intervals.length > 1 && <Spark intervals={intervals} />}
        </>
      )}
      {!turnout && <p class="muted">{live?.error ? `${live.error.problem.title}.` : 'Loading the turnout…'}</p>}
      <p class="links">
        <Link href={`${at}/live`} aria-label={`Live: ${titleInEnglish(title)}`}>
          Live
        </Link>
        <Link href={`${at}/wall`} aria-label={`Wall view: ${titleInEnglish(title)}`}>
          Wall view
        </Link>
        {election.channels.includes('batches') && (
          <Link href={`/batches?election=${id}`} aria-label={`Batches: ${titleInEnglish(title)}`}>
            Batches
          </Link>
        )}
      </p>
    </article>
  );
}

export function NextElections({
  elections,
  mayCreate,
}: {
  readonly elections: readonly ElectionSummary[];
  readonly mayCreate: boolean;
}) {
  const next = [...elections].sort((a, b) => Date.parse(a.opensAt) - Date.parse(b.opensAt));
  return (
    <section aria-labelledby="next">
      <h2 id="next">Scheduled</h2>
      {next.length === 0 ? (
        <p>No elections are scheduled. {mayCreate && <Link href="/elections/new">Create an election</Link>}</p>
      ) : (
        <DataTable
          caption="Scheduled elections"
          hideCaption
          keyOf={({ id }) => id}
          rows={next}
          columns={[
            {
              head: 'Election',
              cell: ({ id, title, rehearsal }) => (
                <>
                  <Link href={`/elections/${id}`}>{titleInEnglish(title)}</Link>
                  {rehearsal && ' (rehearsal)'}
                </>
              ),
            },
            { head: 'Opens', cell: ({ opensAt }) => <Moment at={opensAt} form="short" /> },
            { head: 'Closes', cell: ({ closesAt }) => <Moment at={closesAt} form="short" /> },
          ]}
        />
      )}
    </section>
  );
}
