// The overview of administrators and auditors: what needs attention first, then open elections, then upcoming ones.
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { User } from '../../../protocol/control/access-api.ts';
import type { ElectionSummary } from '../../../protocol/control/elections-api.ts';
import type { Live, TurnoutHistory } from '../../../protocol/control/live-api.ts';
import type { Batch } from '../../../protocol/control/officials-api.ts';
import type { SystemAnswer } from '../../../protocol/control/system-api.ts';
import { overviewPaths } from '../notices/overview-paths.ts';
import { Loaded, PageShell } from '../parts/page.tsx';
import { useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { attentionOf } from './attention.ts';
import type { Attention } from './attention.ts';
import { NextElections, RunningCard } from './election-cards.tsx';
import { FirstStepsSection } from './first-steps-section.tsx';
import { useRemotes } from './remotes.ts';
import { ServiceText } from './service-text.tsx';
import { liveEveryMs, UpdatesLine } from './updates.tsx';

/** Time between two readings of slow data, in milliseconds. */
const slowEveryMs = 15_000;

type Elections = { readonly elections: readonly ElectionSummary[]; readonly next: string | null };

export function ReadersOverview() {
  const me = useMe();
  const [paused, setPaused] = useState(false);
  const slow = paused ? {} : { everyMs: slowEveryMs };
  const open = useRemote<Elections>('elections', overviewPaths.open, slow);
  const scheduled = useRemote<Elections>('elections', overviewPaths.scheduled, slow);
  const closed = useRemote<Elections>('elections', overviewPaths.closed, slow);
  const system = useRemote<SystemAnswer>('elections', '/v1/system', slow);
  const batches = useRemote<{ batches: Batch[] }>('officials', overviewPaths.batches, slow);
  const approves = hasRole(me, 'administrator');
  const waiting = useRemote<{ users: User[]; next: string | null }>(
    'access',
    approves ? overviewPaths.waitingUsers : null,
    slow,
  );
  const running = open.data?.elections ?? [];
  const paths = running.map(({ id }) => `/v1/elections/${id}`);
  const lives = useRemotes<Live>(
    'elections',
    paths.map((path) => `${path}/live`),
    paused ? null : liveEveryMs,
  );
  const histories = useRemotes<TurnoutHistory>(
    'elections',
    paths.map((path) => `${path}/turnout-history`),
    paused ? null : slowEveryMs,
  );
  const readings = [open, scheduled, closed, system, batches, ...(approves ? [waiting] : []), ...lives];
  const attention = attentionOf({
    running,
    lives: lives.map(({ data }) => data),
    ended: closed.data?.elections ?? [],
    waiting: { users: waiting.data?.users ?? [], more: (waiting.data?.next ?? null) !== null },
    batches: batches.data?.batches ?? [],
    system: system.data,
  });
  const checkedAt = Math.min(...readings.map(({ dataUpdatedAt }) => dataUpdatedAt));
  return (
    <PageShell title="Overview">
      <Needs
        attention={attention}
        checkedAt={checkedAt}
        unread={readings.filter(({ error }) => error !== null).length}
        paused={paused}
        onPause={setPaused}
      />
      {approves && <FirstStepsSection />}
      <Loaded of={open}>
        {() => (
          <section aria-labelledby="running">
            <h2 id="running">Open elections</h2>
            {running.length === 0 ? (
              <p>No elections are open.</p>
            ) : (
              <ul class="cards">
                {running.map((election, index) => (
                  <li key={election.id}>
                    <RunningCard election={election} live={lives[index]} history={histories[index]?.data} />
                  </li>
                ))}
              </ul>
            )}
          </section>
        )}
      </Loaded>
      <Loaded of={scheduled}>{({ elections }) => <NextElections elections={elections} mayCreate={approves} />}</Loaded>
    </PageShell>
  );
}

function Needs({
  attention,
  checkedAt,
  unread,
  paused,
  onPause,
}: {
  readonly attention: readonly Attention[];
  /** The time of the last of all readings; 0 while one is missing. */
  readonly checkedAt: number;
  /** Readings that were rejected or not answered. */
  readonly unread: number;
  readonly paused: boolean;
  readonly onPause: (paused: boolean) => void;
}) {
  return (
    <section aria-labelledby="attention">
      <h2 id="attention">Needs attention</h2>
      <div aria-live="polite">
        {unread > 0 && (
          <p class="note warn">
            Some information is not available and this page may be out of date. It tries again automatically.
          </p>
        )}
        {attention.length === 0 && unread === 0 && checkedAt > 0 && <p class="calm-line">No problems found.</p>}
        <ul class="alarms">
          {attention.map(({ key, tone, title, detail, act: [address, words] }) => (
            <li key={key} class={`note ${tone}`}>
              <p>
                <strong>
                  <ServiceText text={title} />
                </strong>
              </p>
              <p>
                <ServiceText text={detail} /> <Link href={address}>{words}</Link>
              </p>
            </li>
          ))}
        </ul>
      </div>
      <UpdatesLine
        of={{ dataUpdatedAt: checkedAt, failureCount: 0, isError: unread > 0 }}
        word="Last check"
        paused={paused}
        onPause={onPause}
      />
    </section>
  );
}
