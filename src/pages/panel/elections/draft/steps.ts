// The steps of an election's editor, the step of each fault, and the progress of each step. The service decides what
// blocks an election; this file only finds the step.
import { announcementFaults } from '../../../../domain/election.ts';
import { suggestionFaults } from '../../../../domain/suggested-values.ts';
import type { AdministeredElection, ElectionPreview } from '../../../../protocol/control/elections-api.ts';

export const stepTitles = {
  name: 'Name and type',
  dates: 'Dates',
  contests: 'Contests and ballot order',
  rule: 'Counting rule',
  voters: 'Who can vote and how they verify',
  languages: 'Languages',
  check: 'Check and schedule',
} as const;
export type StepName = keyof typeof stepTitles;
export const stepNames = Object.keys(stepTitles) as readonly StepName[];
export const isStepName = (name: string | undefined): name is StepName =>
  name !== undefined && Object.hasOwn(stepTitles, name);

export type StepState = 'completed' | 'not-started' | 'problem';
export type StepProgress = { readonly state: StepState; readonly faults: readonly StepFault[] };
/** `path` has no prefix; `detail` names the contest and option. */
export type StepFault = { readonly path: string; readonly detail: string };

/** A rejection of the service, with its faults. */
type StepRejection = { readonly problem: { readonly errors?: readonly StepFault[] | undefined } };

/** A path from the service without its prefix: `contests/0/title`. */
export const barePath = (path: string): string => path.replace(/^(?:body|election)\//, '');

export function stepOf(path: string): StepName {
  const [member = '', , part = '', , own = ''] = barePath(path).split('/');
  if (['opensAt', 'closesAt', 'timeZone', 'resultHours', 'elections'].includes(member)) return 'dates';
  if (['identity', 'verification', 'channels', 'minBatch', 'graceSeconds', 'paper'].includes(member)) return 'voters';
  if (member === 'languages') return 'languages';
  if (member !== 'contests') return 'name';
  const rules = ['method', 'seats', 'thresholdPercent', 'law', 'minChoices', 'maxChoices', 'abstain'];
  const ofOption = part === 'options' && ['threshold', 'candidates'].includes(own);
  return rules.includes(part) || ofOption ? 'rule' : 'contests';
}

/** The step that fixes a warning of the preview. */
export function stepOfWarning({ code, path }: ElectionPreview['warnings'][number]): StepName {
  return code === 'missing-language' ? 'languages' : stepOf(path);
}

/** Such as "Contest 1, option 2: "; empty where a path names no place. */
function placeText(path: string): string {
  const bare = barePath(path);
  const [, contest, , option] = /^contests\/(\d+)(\/options\/(\d+))?/.exec(bare) ?? [];
  if (contest === undefined) return bare === 'title' ? 'Title: ' : '';
  return `Contest ${Number(contest) + 1}${option === undefined ? '' : `, option ${Number(option) + 1}`}: `;
}

export const placed = ({ path, detail }: StepFault): StepFault => ({
  path: barePath(path),
  detail: placeText(path) + detail,
});

/** The conflicting election that a fault names. */
export const otherElectionOf = (path: string): string | undefined =>
  /^elections\/([\w-]{1,64})$/.exec(barePath(path))?.[1];

/** Warnings that block the announcement or confuse voters; the others may be intended. */
const faultyWarnings: ReadonlySet<string> = new Set(['overlaps', 'missing-language', 'same-title']);

export function progressOf(
  election: AdministeredElection,
  preview: ElectionPreview | undefined,
  rejection: StepRejection | null,
  nowMs: number,
): Readonly<Record<StepName, StepProgress>> {
  const faults = Object.fromEntries(stepNames.map((name) => [name, [] as StepFault[]])) as Record<
    StepName,
    StepFault[]
  >;
  for (const warning of preview?.warnings ?? []) {
    if (!faultyWarnings.has(warning.code)) continue;
    faults[stepOfWarning(warning)].push(placed(warning));
  }
  for (const fault of rejection?.problem.errors ?? []) faults[stepOf(fault.path)].push(placed(fault));
  const isDraft = election.state === 'draft';
  if (isDraft) faults.name.push(...announcementFaults(election.definition));
  if (isDraft && Date.parse(election.definition.closesAt) <= nowMs)
    faults.dates.push({ path: 'closesAt', detail: 'The end is in the past. Enter a later time.' });
  const untouched = isDraft ? untouchedSteps(election) : new Set<StepName>();
  const of = (name: StepName): StepProgress => {
    if (faults[name].length > 0) return { state: 'problem', faults: faults[name] };
    return { state: untouched.has(name) ? 'not-started' : 'completed', faults: [] };
  };
  const progress = Object.fromEntries(stepNames.map((name) => [name, of(name)])) as Record<StepName, StepProgress>;
  // The announcement completes the last step.
  return { ...progress, check: { state: isDraft ? 'not-started' : 'completed', faults: [] } };
}

function untouchedSteps({ definition }: AdministeredElection): Set<StepName> {
  const steps = new Set(suggestionFaults(definition).map(({ path }) => stepOf(path)));
  // Texts in other languages depend on the main texts.
  if (steps.has('contests')) steps.add('languages');
  return steps;
}
