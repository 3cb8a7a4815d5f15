// The turnout for a wall display: large, full screen, with a single button to leave. It shows how many voted, and no
// votes.
import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { Live, TurnoutHistory } from '../../../protocol/control/live-api.ts';
import { Spark } from '../charts/turnout-chart.tsx';
import { turnoutIntervals } from '../charts/turnout-intervals.ts';
import { useVoterAddresses } from '../elections/share/voter-addresses.ts';
import { QrCode } from '../people/qr-code.tsx';
import { RehearsalBand } from '../parts/state-tag.tsx';
import { useRemote } from '../remote.ts';
import { clockText, momentText, numberText, titleInEnglish } from '../words.ts';
import { ballotNoun, castOf, eligibleWords, stepWords } from './turnout-words.ts';
import { liveEveryMs } from './updates.tsx';

const historyEveryMs = 30_000;

export function WallPage({ electionId }: { readonly electionId: string }) {
  const path = `/v1/elections/${encodeURIComponent(electionId)}`;
  const read = useRemote<{ election: AdministeredElection }>('elections', path, { everyMs: historyEveryMs });
  const live = useRemote<Live>('elections', `${path}/live`, { everyMs: liveEveryMs });
  const history = useRemote<TurnoutHistory>('elections', `${path}/turnout-history`, { everyMs: historyEveryMs });
  const [, go] = useLocation();
  const wall = useRef<HTMLDialogElement>(null);
  const election = read.data?.election;
  const title = election ? titleInEnglish(election.definition.title) : 'Turnout';
  useEffect(() => {
    document.title = `${title} – wall view`;
  }, [title]);
  useEffect(() => wall.current?.showModal(), []);
  const leave = (): void => {
    if (document.fullscreenElement) void document.exitFullscreen();
    go(`/elections/${electionId}/live`);
  };
  return (
    <dialog
      class="wall"
      ref={wall}
      aria-labelledby="wall-title"
      onCancel={(event) => {
        event.preventDefault();
        leave();
      }}
    >
      {election?.definition.rehearsal && <RehearsalBand />}
      <h1 id="wall-title">{title}</h1>
      {election && live.data && <Numbers election={election} now={live.data} past={history.data} />}
      {election && <PublicAddress election={election} />}
      {!live.data && <p>{live.error ? `${live.error.problem.title}.` : 'Loading…'}</p>}
      <p class="wall-foot">
        {live.failureCount > 0 && 'Reconnecting. '}
        <button type="button" class="small" onClick={leave}>
          Leave wall view
        </button>
      </p>
    </dialog>
  );
}

/** Where people who read the wall can vote now, and at the end where the results are. */
function PublicAddress({ election: { definition, phase } }: { readonly election: AdministeredElection }) {
  const addresses = useVoterAddresses(definition);
  const [words, address] =
    phase === 'open' ? ['Vote at', addresses?.vote] : phase === 'published' ? ['Results at', addresses?.results] : [];
  if (!address) return null;
  return (
    <div class="wall-vote">
      <QrCode text={address} />
      <p>
        {words} {address}
      </p>
    </div>
  );
}

function Numbers({
  election,
  now: { turnout, at },
  past,
}: {
  readonly election: AdministeredElection;
  readonly now: Live;
  readonly past: TurnoutHistory | undefined;
}) {
  const { opensAt, closesAt, timeZone, channels } = election.definition;
  const why = stepWords(turnout.step);
  const intervals = past ? turnoutIntervals(past.samples, Date.parse(opensAt), Date.parse(at)) : [];
  return (
    <>
      <p class="wall-number" aria-live="off">
        {numberText(castOf(turnout))}
      </p>
      <p class="wall-words" aria-live="off">
        {ballotNoun(turnout)}. {eligibleWords(turnout)}
        {channels.includes('batches') &&
          ` Online ${numberText(turnout.channels.online)}, on paper ${numberText(turnout.channels.batches)}.`}
      </p>
      {intervals.length > 1 && <Spark intervals={intervals} />}
      <p>
        {turnout.final ? 'Voting has closed.' : `Voting closes ${momentText(closesAt, timeZone)}.`} Updated{' '}
        {clockText(at, timeZone)}.
      </p>
      {why !== null && <p class="muted">{why}</p>}
    </>
  );
}
