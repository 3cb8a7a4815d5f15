// The page of one election: its progress, the available actions, its readiness, and links to its other pages.
import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { CopyId } from '../parts/copy-id.tsx';
import { Moment } from '../parts/moment.tsx';
import { Loaded, PageShell } from '../parts/page.tsx';
import { RehearsalBand, StateTag } from '../parts/state-tag.tsx';
import { useRemote } from '../remote.ts';
import { saveFile } from '../../shared/save-file.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { titleInEnglish } from '../words.ts';
import { AnnouncedCode } from './share/announced-code.tsx';
import { AnnotationActs, AnnotationList } from './annotations.tsx';
import { addressOf, pathOf } from './draft/definition.ts';
import { describe } from './describe.ts';
import { ElectionActions } from './election-acts.tsx';
import { PersonName } from '../people/person-name.tsx';
import { openingOf } from './opening-of.ts';
import { optionsCsv } from './options-csv.ts';
import { ReadinessList } from './readiness-list.tsx';
import { RollSection } from './roll/roll-section.tsx';
import { PlannedActions } from './scheduled-acts.tsx';
import { ShareSection } from './share/share-section.tsx';
import { stepNames } from './draft/steps.ts';

/** Time between two polls of an election, in milliseconds: normally, and while a change is in progress. */
const lookMs = 10_000;
const changingMs = 2_000;

type ElectionAnswer = { readonly election: AdministeredElection };

export function ElectionPage({ electionId }: { readonly electionId: string }) {
  const path = pathOf(electionId);
  const reading = useRemote<ElectionAnswer>('elections', path, { everyMs: lookMs });
  const election = reading.data?.election;
  useRemote<ElectionAnswer>('elections', election?.changing === true ? path : null, { everyMs: changingMs });
  if (election === undefined) {
    return (
      <PageShell title="Election">
        <Loaded of={reading}>{() => null}</Loaded>
      </PageShell>
    );
  }
  return <ElectionView election={election} stale={reading.error !== null} />;
}

function ElectionView({ election, stale }: { readonly election: AdministeredElection; readonly stale: boolean }) {
  const me = useMe();
  const { id, definition, phase, changing, state } = election;
  const administers = hasRole(me, 'administrator');
  return (
    <PageShell
      title={titleInEnglish(definition.title)}
      tag={<StateTag state={phase} />}
      rehearsal={definition.rehearsal}
      zone={definition.timeZone}
    >
      {definition.rehearsal && <RehearsalBand />}
      {stale && (
        <p class="note warn">
          The service does not respond. This page may be out of date. It tries again automatically.
        </p>
      )}
      {changing && (
        <div class="note warn" role="status">
          <h2>A change is in progress</h2>
          <p>
            Parts of the platform are unavailable. The last change is recorded and will be completed or withdrawn within
            a minute of their return. This page updates every {changingMs / 1_000} seconds.
          </p>
        </div>
      )}
      <StateLine election={election} />
      {administers && <ElectionActions election={election} />}
      {administers && <AnnotationActs election={election} />}
      <Links election={election} />
      <AnnotationList election={election} />
      {(administers || hasRole(me, 'auditor')) && <PlannedActions election={election} administers={administers} />}
      <ShareSection election={election} />
      <AnnouncedCode election={election} />
      {(state === 'draft' || phase === 'scheduled') && <ReadinessList electionId={id} />}
      {administers && definition.identity.scheme === 'roll' && <RollSection election={election} />}
      <About election={election} />
    </PageShell>
  );
}

const reachedBy = { draft: 0, scheduled: 1, open: 2, closed: 3, published: 5 } as const;

function StateLine({ election }: { readonly election: AdministeredElection }) {
  const { definition, phase, state, createdAt, announcedAt } = election;
  const { closesAt } = definition;
  const reached = state === 'counted' ? 4 : reachedBy[phase];
  const stages: readonly (readonly [string, ComponentChildren])[] = [
    ['Draft', <Moment at={createdAt} />],
    ['Announced', announcedAt === null ? 'not yet' : <Moment at={announcedAt} />],
    [reached >= 2 ? 'Opened' : 'Opens', <Moment at={openingOf(election)} />],
    [reached >= 3 ? 'Closed' : 'Closes', <Moment at={closesAt} />],
    ['Counted', reached >= 4 ? 'yes' : 'not yet'],
    ['Published', reached >= 5 ? 'yes' : 'not yet'],
  ];
  return (
    <ol class="states" aria-label="Election progress">
      {stages.map(([name, text], index) => (
        <li
          key={name}
          class={index <= reached ? 'reached' : undefined}
          {...(index === reached && { 'aria-current': 'step' as const })}
        >
          <strong>
            <span aria-hidden="true">{index <= reached ? '● ' : '○ '}</span>
            {name}
          </strong>
          <p class="muted">{text}</p>
        </li>
      ))}
    </ol>
  );
}

function Links({ election: { id, phase, definition } }: { readonly election: AdministeredElection }) {
  const at = addressOf(id);
  const started = phase === 'open' || phase === 'closed' || phase === 'published';
  const links: readonly (readonly [boolean, string, string])[] = [
    [started, `${at}/live`, 'Live'],
    [phase === 'closed' || phase === 'published', `${at}/results`, 'Results'],
    [true, `${at}/preview`, 'Ballot preview'],
    [definition.channels.includes('batches'), `${at}/paper`, 'Paper ballots'],
    [definition.channels.includes('batches') && started, `/batches?election=${encodeURIComponent(id)}`, 'Batches'],
    [
      definition.verification.activation === true && (started || phase === 'scheduled'),
      `/activations?election=${encodeURIComponent(id)}`,
      'Voters without a phone',
    ],
    [phase === 'closed' || phase === 'published', `${at}/invalid`, 'Invalid ballots'],
    [true, `/audit?objectKind=election&objectId=${encodeURIComponent(id)}`, 'Activity'],
  ];
  return (
    <div role="navigation" aria-label="Election pages">
      <ul class="page-links">
        {links
          .filter(([isVisible]) => isVisible)
          .map(([, address, text]) => (
            <li key={address}>
              <Link href={address}>{text}</Link>
            </li>
          ))}
      </ul>
    </div>
  );
}

function About({ election }: { readonly election: AdministeredElection }) {
  const { id, version, createdAt, createdBy, changedAt, changedBy, definition, participants } = election;
  return (
    <>
      <h2>Definition</h2>
      <p>
        <button
          type="button"
          class="small"
          onClick={() => saveFile(`${id}-options.csv`, 'text/csv', optionsCsv(election))}
        >
          Download options (CSV)
        </button>
      </p>
      <dl class="lines">
        {stepNames
          .flatMap((name) => describe(name, definition, participants).map((line) => [name, ...line] as const))
          .map(([step, label, text]) => (
            <div key={step + label}>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          ))}
      </dl>
      <h2>Record</h2>
      <dl class="lines">
        <div>
          <dt>Short name</dt>
          <dd>
            <CopyId id={id} what="short name" />
          </dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd>{version}</dd>
        </div>
        <div>
          <dt>Created</dt>
          <dd>
            <Moment at={createdAt} /> by <PersonName userId={createdBy} />
          </dd>
        </div>
        <div>
          <dt>Last changed</dt>
          <dd>
            <Moment at={changedAt} /> by <PersonName userId={changedBy} />
          </dd>
        </div>
      </dl>
    </>
  );
}
