// The frame of a step: where it stands in the list, what was typed and not saved, what somebody else changed, and saving.
import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import { PageShell } from '../../parts/page.tsx';
import { RehearsalBand } from '../../parts/state-tag.tsx';
import { momentText, titleInEnglish } from '../../words.ts';
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
          What you changed on this page is not saved yet.{' '}
          <button type="button" class="small" onClick={form.discard}>
            Discard it
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
        {theirs !== null && <BothShown step={step} theirs={theirs} mine={form.mine()} form={form} />}
        {children}
        <div class="acts">
          <button type="submit" class="primary" aria-disabled={act.busy}>
            Save and continue
          </button>
          <Link href={`${addressOf(election.id)}/edit`}>Back to the steps</Link>
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
  const { rehearsal, title } = election.definition;
  return (
    <PageShell title={`${stepNames.indexOf(step) + 1}. ${stepTitles[step]}`} rehearsal={rehearsal}>
      {rehearsal && <RehearsalBand />}
      <p class="muted">
        Step {stepNames.indexOf(step) + 1} of {stepNames.length} · <bdi>{titleInEnglish(title)}</bdi>
      </p>
      <AnnouncedNote election={election} />
      {children}
    </PageShell>
  );
}

/** What a change does to an election that everybody has seen. */
export function AnnouncedNote({ election }: { readonly election: AdministeredElection }) {
  if (election.state === 'draft') return null;
  if (!isBeforeOpening(election)) {
    return (
      <p class="note warn">
        This election has opened: nothing of it changes any more but its end.{' '}
        <Link href={addressOf(election.id)}>Extend or close it on its page.</Link>
      </p>
    );
  }
  return (
    <p class="note warn">
      This election is announced, and everybody can see it. What you save is announced again at once. To put another
      option in the place of one, remove that one and add the other: whoever loaded the ballot before must not choose
      something else.
    </p>
  );
}

function BothShown<Values>({
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
      <h2 id="both-title">On record now, and yours</h2>
      <p>
        <PersonName userId={changedBy} /> changed this election on {momentText(changedAt, definition.timeZone)}.
      </p>
      <div class="columns">
        <Lines title="On record now" lines={describe(step, definition, participants)} />
        <Lines title="Yours" lines={describe(step, mine, participants)} />
      </div>
      <div class="acts">
        <button type="button" onClick={form.keepMine}>
          Keep mine, to save it over that
        </button>
        <button type="button" onClick={form.discard}>
          Take what is on record
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
