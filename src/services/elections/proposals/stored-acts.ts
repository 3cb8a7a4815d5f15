// Acts whose name and parameters come from the database: plans, and confirmed proposals.
import { ownValue } from '../../../domain/own-value.ts';
import type { PlannedAct } from '../../../store/elections/scheduled-acts.ts';
import type { StoredAct } from './election-act.ts';

/** The entry of an act. Throws for an act that this version does not know. */
export function storedAct(acts: Readonly<Record<string, StoredAct>>, name: string): StoredAct {
  const entry = ownValue(acts, name);
  if (entry === undefined) throw new Error(`This version has no act named ${name}.`);
  return entry;
}

/** The parameters of a plan, as JSON text: whatever the election has at that moment. */
export function parametersOfPlan(act: PlannedAct, reason: string): string {
  const parameters = { announce: {}, close: { reason }, count: {}, publish: { acceptOpenTies: false } };
  return JSON.stringify(parameters[act]);
}
