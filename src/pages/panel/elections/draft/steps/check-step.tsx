// Step 7: everything once more, and then it is announced. What stops it leads back to its step; what may be meant is
// looked at by the one who announces.
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { AdministeredElection, ElectionPreview } from '../../../../../protocol/control/elections-api.ts';
import { CheckField } from '../../../parts/field.tsx';
import { Loaded } from '../../../parts/page.tsx';
import { useRemote } from '../../../remote.ts';
import { addressOf, pathOf } from '../definition.ts';
import { describe } from '../../describe.ts';
import { ElectionRejection } from '../../election-rejection.tsx';
import { FaultText } from '../fault-text.tsx';
import { StepPage } from '../step-frame.tsx';
import type { StepProps } from '../step-frame.tsx';
import { placed, progressOf, stepNames, stepOfWarning, stepTitles } from '../steps.ts';
import type { StepName } from '../steps.ts';
import { Announce, AnnounceAgain } from './announce.tsx';

export function CheckStep({ election }: StepProps) {
  const preview = useRemote<ElectionPreview>('elections', `${pathOf(election.id)}/preview`);
  const progress = progressOf(election, preview.data, preview.error, Date.now());
  const open = stepNames.filter((name) => name !== 'check' && progress[name].state === 'not-started');
  const warnings = preview.data?.warnings ?? [];
  const [looked, setLooked] = useState(false);
  return (
    <StepPage step="check" election={election}>
      {preview.error === null ? (
        <Loaded of={preview}>{() => <Warnings election={election} warnings={warnings} />}</Loaded>
      ) : (
        <ElectionRejection rejection={preview.error} electionId={election.id} step="check" />
      )}
      {open.length > 0 && (
        <div class="note warn">
          <h2>Not every step is done</h2>
          <p>What stands there was only suggested. Look at it and save it:</p>
          <ul>
            {open.map((name) => (
              <li key={name}>
                <StepLink election={election} name={name} />
              </li>
            ))}
          </ul>
        </div>
      )}
      <Summary election={election} />
      {election.state === 'draft' ? (
        <>
          {warnings.length > 0 && (
            <CheckField
              label="I have looked at each of these, and they are meant"
              checked={looked}
              onValue={setLooked}
            />
          )}
          <Announce
            election={election}
            missing={
              open.length > 0
                ? 'Do the steps that are not started first.'
                : warnings.length > 0 && !looked
                  ? 'Look at what is listed above first, and say that you have.'
                  : null
            }
          />
        </>
      ) : (
        <>
          <p class="note ok">
            It is announced. What you change in the other steps is announced again at once, until it opens.
          </p>
          {warnings.some(({ code }) => code === 'renamed-participant') && <AnnounceAgain election={election} />}
        </>
      )}
    </StepPage>
  );
}

function StepLink({ election, name }: { readonly election: AdministeredElection; readonly name: StepName }) {
  return (
    <Link href={`${addressOf(election.id)}/edit/${name}`}>
      {stepNames.indexOf(name) + 1}. {stepTitles[name]}
    </Link>
  );
}

function Warnings({
  election,
  warnings,
}: {
  readonly election: AdministeredElection;
  readonly warnings: ElectionPreview['warnings'];
}) {
  if (warnings.length === 0) {
    return (
      <p class="note ok" role="status">
        Nothing stands out.
      </p>
    );
  }
  const steps = stepNames.filter((name) => warnings.some((warning) => stepOfWarning(warning) === name));
  return (
    <div class="note warn">
      <h2>Look at this</h2>
      <p>Each may be meant. If it is not, mend it in its step.</p>
      {steps.map((name) => (
        <div key={name}>
          <h3>
            <StepLink election={election} name={name} />
          </h3>
          <ul>
            {warnings
              .filter((warning) => stepOfWarning(warning) === name)
              .map((warning) => (
                <li key={warning.path + warning.detail}>
                  <FaultText fault={placed(warning)} />
                </li>
              ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

function Summary({ election }: { readonly election: AdministeredElection }) {
  return (
    <>
      <h2>What is announced</h2>
      {stepNames
        .filter((name) => name !== 'check')
        .map((name) => (
          <section key={name} class="summary">
            <h3>
              <StepLink election={election} name={name} />
            </h3>
            <dl class="lines">
              {describe(name, election.definition, election.participants).map(([label, text]) => (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      <p>
        <Link href={`${addressOf(election.id)}/preview`}>See the ballot as voters will</Link> ·{' '}
        <Link href={`${addressOf(election.id)}/paper`}>See it on paper</Link>
      </p>
    </>
  );
}
