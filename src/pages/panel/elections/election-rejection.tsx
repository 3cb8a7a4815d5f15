// A rejection about an election. Each fault has a link to its fix: in this step, in another, or in the conflicting
// election.
import { Link } from 'wouter-preact';
import type { Refused } from '../calls.ts';
import { addressOf } from './draft/definition.ts';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { FaultText } from './draft/fault-text.tsx';
import { barePath, otherElectionOf, stepNames, stepOf, stepTitles } from './draft/steps.ts';
import type { StepFault, StepName } from './draft/steps.ts';
import { fieldId } from './draft/use-step.ts';

export function ElectionRejection({
  rejection,
  electionId,
  step,
}: {
  readonly rejection: Refused | null;
  readonly electionId: string;
  /** The current step, if there is one. */
  readonly step?: StepName;
}) {
  return (
    <RejectionNote
      rejection={rejection}
      renderFault={(fault) => <FaultLink fault={fault} electionId={electionId} step={step} />}
    />
  );
}

function FaultLink({
  fault,
  electionId,
  step,
}: {
  readonly fault: StepFault;
  readonly electionId: string;
  readonly step: StepName | undefined;
}) {
  const path = barePath(fault.path);
  if (otherElectionOf(path) !== undefined) return <FaultText fault={fault} />;
  const place = stepOf(path);
  if (place === step) {
    return (
      <a
        href={`#${fieldId(path)}`}
        onClick={(event) => {
          event.preventDefault();
          focusNearest(path);
        }}
      >
        {fault.detail}
      </a>
    );
  }
  return (
    <>
      {fault.detail}{' '}
      <Link href={`${addressOf(electionId)}/edit/${place}`}>
        Step {stepNames.indexOf(place) + 1}, {stepTitles[place]}
      </Link>
    </>
  );
}

/** The field of a path, or of its parent. */
function focusNearest(path: string): void {
  for (let at = path; at !== ''; at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '') {
    const field = document.getElementById(fieldId(at));
    if (field === null) continue;
    const control = field.matches('input, select, textarea, button')
      ? field
      : field.querySelector<HTMLElement>('input, select, textarea, button');
    (control ?? field).focus();
    return;
  }
}
