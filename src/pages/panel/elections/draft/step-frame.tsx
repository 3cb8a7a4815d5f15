// The frame of a step: its place in the list, unsaved changes, changes by another person, and the save button.
import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import { Moment } from '../../parts/moment.tsx';
import { PageShell } from '../../parts/page.tsx';
import { RehearsalBand } from '../../parts/state-tag.tsx';
import { titleInEnglish } from '../../words.ts';
import { addressOf, isBeforeOpening } from './definition.ts';
import type { Definition } from './definition.ts';
import { describe } from '../describe.ts';
import { ElectionRejection } from '../election-rejection.tsx';
import { PersonName } from '../../people/person-name.tsx';
import { stepNames, stepTitles } from './steps.ts';
import type { StepName } from './steps.ts';
import type { StepForm } from './use-step.ts';

export type StepProps = { readonly election: AdministeredElection; readonly onSaved: () => void };

export function StepFrame<Values>({
  step,
  election,
  form,
  children,
}: {
  readonly step: StepName;
  readonly election: AdministeredElection;
  readonly form: StepForm<Values>;
  readonly children: ComponentChildren;
}) {
  const { act, theirs, typed } = form;
  return (
    <StepPage step={step} election={election}>
      {typed && theirs === null && (
        <p class="note no-print">
          Your changes on this page are not saved.{' '}
          <button type="button" class="small" onClick={form.discard}>
            Discard changes
          </button>
        </p>
      )}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void act.run();
        }}
      >
        <ElectionRejection rejection={act.rejection} electionId={election.id} step={step} />
        {theirs !== null && <BothVersions step={step} theirs={theirs} mine={form.mine()} form={form} />}
        {children}
        <div class="acts">
          <button type="submit" class="primary" aria-disabled={act.busy}>
            Save and continue
          </button>
          <Link href={`${addressOf(election.id)}/edit`}>Back to all steps</Link>
          {act.busy && <span role="status">Saving…</span>}
        </div>
      </form>
    </StepPage>
  );
}

export function StepPage({
  step,
  election,
  children,
}: {
  readonly step: StepName;
  readonly election: AdministeredElection;
  readonly children: ComponentChildren;
}) {
  const { rehearsal, title, timeZone } = election.definition;
  return (
    <PageShell title={`${stepNames.indexOf(step) + 1}. ${stepTitles[step]}`} rehearsal={rehearsal} zone={timeZone}>
      {rehearsal && <RehearsalBand />}
      <p class="muted">
        Step {stepNames.indexOf(step) + 1} of {stepNames.length} · <bdi>{titleInEnglish(title)}</bdi>
      </p>
      <AnnouncedNote election={election} />
      {children}
    </PageShell>
  );
}

/** The effect of a change on an announced election. */
export function AnnouncedNote({ election }: { readonly election: AdministeredElection }) {
  if (election.state === 'draft') return null;
  if (!isBeforeOpening(election)) {
    return (
      <p class="note warn">
        This election has opened. Only its end can change.{' '}
        <Link href={addressOf(election.id)}>Extend or close voting on the election page.</Link>
      </p>
    );
  }
  return (
    <p class="note warn">
      This election is announced and public. Changes become public when you save them. To replace an option, remove it
      and add a new one, so that ballots already on voters’ screens stay correct.
    </p>
  );
}

function BothVersions<Values>({
  step,
  theirs,
  mine,
  form,
}: {
  readonly step: StepName;
  readonly theirs: AdministeredElection;
  readonly mine: Definition;
  readonly form: StepForm<Values>;
}) {
  const { definition, participants, changedBy, changedAt } = theirs;
  return (
    <section class="both" aria-labelledby="both-title">
      <h2 id="both-title">Saved version and your version</h2>
      <p>
        <PersonName userId={changedBy} /> changed this election on <Moment at={changedAt} />.
      </p>
      <div class="columns">
        <Lines title="Saved version" lines={describe(step, definition, participants)} />
        <Lines title="Your version" lines={describe(step, mine, participants)} />
      </div>
      <div class="acts">
        <button type="button" onClick={form.keepMine}>
          Overwrite with mine
        </button>
        <button type="button" onClick={form.discard}>
          Use the saved version
        </button>
      </div>
    </section>
  );
}

function Lines({ title, lines }: { readonly title: string; readonly lines: ReturnType<typeof describe> }) {
  return (
    <div>
      <h3>{title}</h3>
      <dl class="lines">
        {lines.map(([label, text]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
