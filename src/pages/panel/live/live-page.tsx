// An election while it runs: turnout, voter funnel, and ballot check. It reads and shows no count by option.
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { Live, TurnoutHistory } from '../../../protocol/control/live-api.ts';
import { TurnoutChart } from '../charts/turnout-chart.tsx';
import { turnoutIntervals } from '../charts/turnout-intervals.ts';
import { Moment } from '../parts/moment.tsx';
import { Empty, Loaded, PageShell } from '../parts/page.tsx';
import { RehearsalBand, StateTag } from '../parts/state-tag.tsx';
import { useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { numberText, titleInEnglish } from '../words.ts';
import { AcceptLoss } from './accept-loss.tsx';
import { AlarmList } from './alarm-list.tsx';
import { FunnelList } from './funnel.tsx';
import { Equality, ProviderList, Queues } from './machinery.tsx';
import { ballotNoun, castOf, eligibleWords, stepWords, turnoutWords } from './turnout-words.ts';
import { LogState } from './log-state.tsx';
import { liveEveryMs, ReadAloud, UpdatesLine, usePaused } from './updates.tsx';

/**
 * Time between two readings of the history, and of the election itself, in milliseconds: they change once a minute at
 * most.
 */
const historyEveryMs = 15_000;

export function LivePage({ electionId }: { readonly electionId: string }) {
  const read = useRemote<{ election: AdministeredElection }>(
    'elections',
    `/v1/elections/${encodeURIComponent(electionId)}`,
    { everyMs: historyEveryMs },
  );
  const election = read.data?.election;
  const rehearsal = election?.definition.rehearsal ?? false;
  const title = election ? titleInEnglish(election.definition.title) : 'Live';
  return (
    <PageShell
      title={title}
      tag={election && <StateTag state={election.phase} />}
      rehearsal={rehearsal}
      zone={election?.definition.timeZone ?? null}
    >
      {rehearsal && <RehearsalBand />}
      <Loaded of={read}>
        {(data) =>
          data.election.phase === 'draft' ? (
            <Empty title="Voting has not started">
              <p>
                This election is a draft. <Link href={`/elections/${electionId}`}>Announce it</Link>. The turnout
                appears here after the announcement.
              </p>
            </Empty>
          ) : (
            <Running election={data.election} />
          )
        }
      </Loaded>
    </PageShell>
  );
}

function Running({ election }: { readonly election: AdministeredElection }) {
  const [paused, setPaused] = useState(false);
  const path = `/v1/elections/${election.id}`;
  const every = (everyMs: number) => (paused ? {} : { everyMs });
  const live = useRemote<Live>('elections', `${path}/live`, every(liveEveryMs));
  const history = useRemote<TurnoutHistory>('elections', `${path}/turnout-history`, every(historyEveryMs));
  const current = usePaused(live.data, paused);
  const past = usePaused(history.data, paused);
  const { opensAt, closesAt } = election.definition;
  return (
    <>
      <p>
        {election.phase === 'scheduled' ? 'Opens ' : election.phase === 'open' ? 'Closes ' : 'Closed '}
        <Moment at={election.phase === 'scheduled' ? opensAt : closesAt} />.{' '}
        <Link href={`/elections/${election.id}`}>Election page</Link> ·{' '}
        <Link href={`/elections/${election.id}/wall`} onClick={fillScreen}>
          Wall view
        </Link>{' '}
        · <Link href={`/elections/${election.id}/results`}>Results</Link>
      </p>
      <UpdatesLine of={live} paused={paused} onPause={setPaused} />
      <Loaded of={{ ...live, data: current }}>
        {(now) => (
          <>
            <Attention alarms={now.alarms} election={election} />
            <Turnout now={now} paper={takesPaper(election)} />
            {past && <History election={election} now={now} past={past} />}
            <FunnelList funnel={now.funnel} methods={election.definition.verification.methods} />
            <Equality turnout={now.turnout} />
            <LogState election={election} />
            <Queues queues={now.queues} step={now.turnout.step} paper={takesPaper(election)} />
            <ProviderList providers={now.providers} />
          </>
        )}
      </Loaded>
    </>
  );
}

const takesPaper = ({ definition }: AdministeredElection): boolean => definition.channels.includes('batches');

/** A browser allows full screen only after a press; without permission the page fills the window. */
function fillScreen(): void {
  document.documentElement.requestFullscreen().catch(() => undefined);
}

function Attention({ alarms, election }: { readonly alarms: Live['alarms']; readonly election: AdministeredElection }) {
  const administers = hasRole(useMe(), 'administrator');
  return (
    <section aria-label="Alarms" aria-live="polite">
      {alarms.length === 0 ? <p class="calm-line">No alarms. All parts respond.</p> : <AlarmList alarms={alarms} />}
      {administers && alarms.some(({ code }) => code === 'votes-missing') && <AcceptLoss election={election} />}
    </section>
  );
}

function Turnout({ now: { turnout }, paper }: { readonly now: Live; readonly paper: boolean }) {
  const { channels, step, live } = turnout;
  const why = stepWords(step);
  return (
    <section aria-labelledby="turnout">
      <h2 id="turnout">Turnout</h2>
      <p class="big" aria-live="off">
        <strong>{numberText(castOf(turnout))}</strong> <span>{ballotNoun(turnout)}</span>
      </p>
      <p aria-live="off">
        {eligibleWords(turnout)}
        {paper && (
          <>
            <br />
            Online {numberText(channels.online)} · on paper {numberText(channels.batches)}
          </>
        )}
      </p>
      <p>
        <ReadAloud sentence={turnoutWords(turnout)} />
      </p>
      {!live && <p class="note warn">A part of the platform does not respond. This is the last published turnout.</p>}
      {why !== null && <p class="muted">{why}</p>}
    </section>
  );
}

function History({
  election,
  now,
  past,
}: {
  readonly election: AdministeredElection;
  readonly now: Live;
  readonly past: TurnoutHistory;
}) {
  const { opensAt, closesAt, timeZone } = election.definition;
  const last = Date.parse(past.samples.at(-1)?.at ?? opensAt);
  const untilMs = Math.min(Date.parse(now.at), Math.max(Date.parse(closesAt), last)) + 1;
  if (untilMs <= Date.parse(opensAt) + 1) return null;
  const { online, batches } = now.turnout.channels;
  // The history updates once a minute; the last sample is the current number.
  const samples = [...past.samples, { at: now.at, online, batches }];
  const intervals = turnoutIntervals(samples, Date.parse(opensAt), untilMs);
  return (
    <section aria-label="Turnout over time">
      <TurnoutChart intervals={intervals} paper={takesPaper(election)} timeZone={timeZone} />
    </section>
  );
}
