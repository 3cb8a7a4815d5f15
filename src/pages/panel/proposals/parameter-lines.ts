// The exact parameters of a proposal in words, as the rest of the panel shows them: titles, times, files and pictures.
import type { Title } from '../../../domain/election.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { textInAll, describe } from '../elections/describe.ts';
import type { DescriptionLine } from '../elections/describe.ts';
import type { Definition } from '../elections/draft/definition.ts';
import { stepNames } from '../elections/draft/steps.ts';
import { ownZone } from '../session/own-zone.ts';
import { momentText, numberText, titleInEnglish } from '../words.ts';

const parameterNames: Readonly<Record<string, string>> = {
  acceptOpenTies: 'Publish with undecided ties',
  backups: 'Days of the backups',
  batchId: 'Batch',
  certifiedOn: 'The results were certified on',
  change: 'The change as data',
  closesAt: 'New end',
  contestId: 'Contest',
  copiesDestroyed: 'No copy of the keys is left',
  days: 'Days',
  counts: 'The check of the file',
  email: 'E-mail',
  forename: 'Forename',
  definitionHash: 'SHA-256 of the definition',
  keysDestroyedOn: 'The keys were destroyed on',
  note: 'Note',
  number: 'Number',
  optionId: 'Option',
  order: 'Order of the draw',
  pinned: 'Version of the election',
  query: 'What is done with the file',
  reason: 'Reason',
  revision: 'Revision of the results',
  retainedUntil: 'The data had to be kept until',
  role: 'Role',
  secondFactor: 'Second factor',
  state: 'State',
  surname: 'Surname',
  sha256: 'SHA-256 of the file',
  text: 'Text',
  version: 'Version of the election',
  withoutWitnesses: 'Why without the witnesses',
};

/** Members of a parameter that has several. */
const memberNames: Readonly<Record<string, string>> = {
  added: 'People added',
  alreadyThere: 'On the roll already',
  changed: 'People changed',
  collision: 'Rows with the number of another',
  column: 'Column of the numbers',
  definitionHash: 'SHA-256',
  destroyedOn: 'Destroyed on',
  dryRun: 'Only checked',
  heading: 'Row of the headings',
  label: 'Column beside each number',
  last: 'Last backup',
  malformed: 'Rows that cannot be read',
  mode: 'What the file does',
  rehearsal: 'Rehearsal',
  removed: 'People removed',
  rows: 'Rows',
  second: 'Column of the second elements',
  version: 'Version',
};

const absentTexts: Readonly<Record<string, string>> = { backups: 'none was made' };

export type ParameterLine = { readonly name: string; readonly text: string; readonly isCode: boolean };

type Contests = readonly Pick<PublicElection['contests'][number], 'id' | 'title' | 'options'>[];

/**
 * One line for each parameter, in the order in which they were proposed. `contests`: of the election, where they are known,
 * so that contests and options have their titles beside their IDs.
 */
export function parameterLines(
  parameters: Readonly<Record<string, unknown>>,
  contests: Contests = [],
): readonly ParameterLine[] {
  const contest = contests.find(({ id }) => id === parameters['contestId']);
  const titlesOf = new Map<string, readonly Titled[]>([
    ['contestId', contest === undefined ? [] : [contest]],
    ['optionId', contest?.options ?? []],
    ['order', contest?.options ?? []],
  ]);
  return Object.entries(parameters).map(([name, value]) => ({
    name: parameterNames[name] ?? name,
    ...(titledText(value, titlesOf.get(name) ?? []) ?? valueText(name, value)),
  }));
}

type Titled = { readonly id: string; readonly title: Title };

/** Null where a title is unknown: the value is shown as it is. */
function titledText(value: unknown, candidates: readonly Titled[]): Pick<ParameterLine, 'text' | 'isCode'> | null {
  if (candidates.length === 0) return null;
  const texts = [value].flat().map((id) => {
    const match = candidates.find((each) => each.id === id);
    return match === undefined ? null : `${titleInEnglish(match.title)} (${match.id})`;
  });
  return texts.includes(null) ? null : { text: texts.join(', '), isCode: false };
}

function valueText(name: string, value: unknown): Pick<ParameterLine, 'text' | 'isCode'> {
  if (value === null) return { text: absentTexts[name] ?? 'none', isCode: false };
  const text = plainText(value) ?? (name === 'change' ? null : membersText(name, value));
  return text === null ? { text: JSON.stringify(value, withoutPicture, 2), isCode: true } : { text, isCode: false };
}

const yesOrNo = (value: boolean): string => (value ? 'yes' : 'no');

/** Null for what has members. */
function plainText(value: unknown): string | null {
  if (typeof value === 'boolean') return yesOrNo(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value !== 'string') return null;
  return /^\d{4}-\d\d-\d\dT.*Z$/.test(value) ? momentText(value, ownZone) : value;
}

/** Null where a member has members itself. */
function membersText(name: string, value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const texts = Object.entries(value).map(([member, each]) => {
    // A query has texts only.
    const isFlag = each === 'true' || each === 'false';
    return [member, isFlag ? yesOrNo(each === 'true') : plainText(each)] as const;
  });
  if (texts.some(([, text]) => text === null)) return null;
  if (name === 'text') return textInAll(value as Title);
  return texts.map(([member, text]) => `${memberNames[member] ?? member}: ${text}`).join(' · ');
}

/** For JSON that people read: the picture and its checksum are shown above it. */
const withoutPicture = (name: string, value: unknown): unknown =>
  name === 'logo' && typeof value === 'string' ? '(the picture above)' : value;

export type ProposedChange = {
  /** What is different, as the pages of the election say it. `text` null: it is removed. `before` null: it is new. */
  readonly lines: readonly { readonly label: string; readonly text: string | null; readonly before: string | null }[];
  /** A new logo, which is base64. */
  readonly logo: string | null;
};

/** What a change of an election would change. No lines where it was carried out already. */
export function proposedChange(
  change: Readonly<Record<string, unknown>>,
  { definition, participants }: Pick<AdministeredElection, 'definition' | 'participants'>,
): ProposedChange {
  const members = Object.entries(change).map(([name, value]) => [name, value ?? undefined]);
  const after = { ...definition, ...Object.fromEntries(members) } as Definition;
  const linesOf = (each: Definition): ReadonlyMap<string, string> =>
    new Map<string, string>(
      stepNames.flatMap((step): readonly DescriptionLine[] => describe(step, each, participants)),
    );
  const was = linesOf(definition);
  const is = linesOf(after);
  const labels = [...new Set([...is.keys(), ...was.keys()])].filter((label) => is.get(label) !== was.get(label));
  return {
    lines: labels.map((label) => ({ label, text: is.get(label) ?? null, before: was.get(label) ?? null })),
    logo: typeof change['logo'] === 'string' ? change['logo'] : null,
  };
}
