// The editor of an election as a list of steps. Each step is saved separately, and each fault is shown at the step that
// fixes it.
import { Link, useLocation } from 'wouter-preact';
import type { AdministeredElection, ElectionPreview } from '../../../../protocol/control/elections-api.ts';
import { Loaded, PageShell } from '../../parts/page.tsx';
import { RehearsalBand, StateTag } from '../../parts/state-tag.tsx';
import { useRemote } from '../../remote.ts';
import { titleInEnglish } from '../../words.ts';
import { addressOf, pathOf } from './definition.ts';
import { describe } from '../describe.ts';
import { FaultText } from './fault-text.tsx';
import { AnnouncedNote, StepPage } from './step-frame.tsx';
import type { StepProps } from './step-frame.tsx';
import { CheckStep } from './steps/check-step.tsx';
import { ContestsStep } from './steps/contests-step.tsx';
import { DatesStep } from './steps/dates-step.tsx';
import { LanguagesStep } from './steps/languages-step.tsx';
import { NameStep } from './steps/name-step.tsx';
import { RuleStep } from './steps/rule-step.tsx';
import { VotersStep } from './steps/voters-step.tsx';
import { isStepName, progressOf, stepNames, stepTitles } from './steps.ts';
import type { StepName, StepProgress } from './steps.ts';

const stepForms: Readonly<Record<StepName, (props: StepProps) => preact.JSX.Element>> = {
  name: NameStep,
  dates: DatesStep,
  contests: ContestsStep,
  rule: RuleStep,
  voters: VotersStep,
  languages: LanguagesStep,
  check: CheckStep,
};

export function EditElectionPage({ electionId, step }: { readonly electionId: string; readonly step?: string }) {
  const reading = useRemote<{ election: AdministeredElection }>('elections', pathOf(electionId));
  const [, go] = useLocation();
  if (reading.data === undefined) {
    return (
      <PageShell title="Edit the election">
        <Loaded of={reading}>{() => null}</Loaded>
      </PageShell>
    );
  }
  const { election } = reading.data;
  if (step === undefined) return <StepList election={election} />;
  if (!isStepName(step)) {
    return (
      <PageShell title="We cannot find this step">
        <Link href={`${addressOf(electionId)}/edit`}>See all steps</Link>
      </PageShell>
    );
  }
  const started = !['draft', 'scheduled'].includes(election.phase);
  if (started) {
    return (
      <StepPage step={step} election={election}>
        <Description step={step} election={election} />
      </StepPage>
    );
  }
  const next = stepNames[stepNames.indexOf(step) + 1];
  const Form = stepForms[step];
  return <Form election={election} onSaved={() => go(`${addressOf(electionId)}/edit${next ? `/${next}` : ''}`)} />;
}

function Description({ step, election }: { readonly step: StepName; readonly election: AdministeredElection }) {
  return (
    <dl class="lines">
      {describe(step, election.definition, election.participants).map(([label, text]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

function StepList({ election }: { readonly election: AdministeredElection }) {
  const preview = useRemote<ElectionPreview>('elections', `${pathOf(election.id)}/preview`);
  const progress = progressOf(election, preview.data, preview.error, Date.now());
  const { definition, state, phase, participants } = election;
  const done = stepNames.filter((name) => progress[name].state === 'completed').length;
  return (
    <PageShell
      title={titleInEnglish(definition.title)}
      tag={<StateTag state={phase} />}
      rehearsal={definition.rehearsal}
    >
      {definition.rehearsal && <RehearsalBand />}
      <AnnouncedNote election={election} />
      {state === 'draft' && (
        <p>
          You have completed {done} of {stepNames.length} steps. Each step is saved separately. Voters see the election
          after you announce it.
        </p>
      )}
      <ol class="tasks">
        {stepNames.map((name, index) => (
          <li key={name}>
            <div>
              <Link href={`${addressOf(election.id)}/edit/${name}`}>
                {index + 1}. {stepTitles[name]}
              </Link>
              {progress[name].state === 'completed' && (
                <p class="hint">
                  {describe(name, definition, participants)
                    .map(([label, text]) => `${label}: ${text}`)
                    .join('. ')}
                </p>
              )}
              {progress[name].faults.map((fault) => (
                <p key={fault.path + fault.detail} class="fault">
                  <FaultText fault={fault} />
                </p>
              ))}
            </div>
            <StepTag {...progress[name]} />
          </li>
        ))}
      </ol>
      <p class="acts">
        <Link class="button" href={`${addressOf(election.id)}/preview`}>
          Preview the ballot
        </Link>
        <Link href={addressOf(election.id)}>Election page</Link>
      </p>
    </PageShell>
  );
}

const tags = {
  completed: ['✓', 'Completed', 'good'],
  'not-started': ['○', 'Not started', 'calm'],
  problem: ['!', 'There is a problem', 'bad'],
} as const;
export function StepTag({ state }: Pick<StepProgress, 'state'>) {
  const [shape, word, tone] = tags[state];
  return (
    <span class={`tag ${tone}`}>
      <span aria-hidden="true">{shape}</span> {word}
    </span>
  );
}
