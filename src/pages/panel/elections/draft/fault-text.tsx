// A fault or warning in words, with a link to the conflicting election if there is one.
import { Link } from 'wouter-preact';
import { addressOf } from './definition.ts';
import { otherElectionOf } from './steps.ts';
import type { StepFault } from './steps.ts';

export function FaultText({ fault: { path, detail } }: { readonly fault: StepFault }) {
  const other = otherElectionOf(path);
  return other === undefined ? <>{detail}</> : <Link href={addressOf(other)}>{detail}</Link>;
}
