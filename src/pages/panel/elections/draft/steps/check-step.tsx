// Step 7: a summary of everything, and the announcement. Each fault has a link to its step; the person who announces
// confirms the warnings.
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { announcementFaults } from '../../../../../domain/election.ts';
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
import { placed, progressOf, stepNames, stepOf, stepOfWarning, stepTitles } from '../steps.ts';
import type { StepName } from '../steps.ts';
import { Announce, AnnounceAgain } from './announce.tsx';

export function CheckStep({ election }: StepProps) {
  const preview = useRemote<ElectionPreview>('elections', `${pathOf(election.id)}/preview`);
  const progress = progressOf(election, preview.data, preview.error, Date.now());
  const open = stepNames.filter((name) => name !== 'check' && progress[name].state === 'not-started');
  const needed = election.state === 'draft' ? announcementFaults(election.definition) : [];
  const warnings = preview.data?.warnings ?? [];
  const [looked, setLooked] = useState(false);
  return (
    <StepPage step="check" election={election}>
      {preview.error === null ? (
        <Loaded of={preview}>
          {() =>
            needed.length > 0 && warnings.length === 0 ? null : <Warnings election={election} warnings={warnings} />
          }
        </Loaded>
      ) : (
        <ElectionRejection rejection={preview.error} electionId={election.id} step="check" />
      )}
      {open.length > 0 && (
        <div class="note warn">
          <h2>Incomplete steps</h2>
          <p>Complete and save each of these steps:</p>
          <ul>
            {open.map((name) => (
              <li key={name}>
                <StepLink election={election} name={name} />
              </li>
            ))}
          </ul>
        </div>
      )}
      {needed.map(({ path, detail }) => (
        <div key={path} class="note bad">
          <h2>Before the announcement</h2>
          <p>
            {detail} <StepLink election={election} name={stepOf(path)} />
          </p>
        </div>
      ))}
      <Summary election={election} open={open} />
      {election.state === 'draft' ? (
        <>
          {warnings.length > 0 && (
            <CheckField label="I checked these; they are correct" checked={looked} onValue={setLooked} />
          )}
          <Announce
            election={election}
            missing={
              open.length > 0
                ? 'Complete the steps that are not started first.'
                : needed.length > 0
                  ? needed.map(({ detail }) => detail).join(' ')
                  : warnings.length > 0 && !looked
                    ? 'Review the list above and tick the box.'
                    : null
            }
          />
        </>
      ) : (
        <>
          <p class="note ok">
            This election is announced. Until it opens, changes in other steps become public when you save them.
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
        No problems found.
      </p>
    );
  }
  const steps = stepNames.filter((name) => warnings.some((warning) => stepOfWarning(warning) === name));
  return (
    <div class="note warn">
      <h2>Warnings</h2>
      <p>These may be intended. If not, change them.</p>
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

function Summary({ election, open }: { readonly election: AdministeredElection; readonly open: readonly StepName[] }) {
  return (
    <>
      <h2>Summary</h2>
      {stepNames
        .filter((name) => name !== 'check')
        .map((name) => (
          <section key={name} class="summary">
            <h3>
              <StepLink election={election} name={name} />
            </h3>
            {open.includes(name) ? (
              <p class="muted">Not started</p>
            ) : (
              <dl class="lines">
                {describe(name, election.definition, election.participants).map(([label, text]) => (
                  <div key={label}>
                    <dt>{label}</dt>
                    <dd>{text}</dd>
                  </div>
                ))}
              </dl>
            )}
          </section>
        ))}
      <p>
        <Link href={`${addressOf(election.id)}/preview`}>Preview the ballot</Link>
        {election.definition.channels.includes('batches') && (
          <>
            {' '}
            · <Link href={`${addressOf(election.id)}/paper`}>See the paper ballot</Link>
          </>
        )}
      </p>
    </>
  );
}
