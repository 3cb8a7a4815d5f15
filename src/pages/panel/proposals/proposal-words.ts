// Proposals in words: the act, the state, and the exact parameters.
import type { Proposal } from '../../../protocol/control/proposals-api.ts';
import type { UserActName } from '../../../protocol/control/user-proposals-api.ts';
import type { Title } from '../../../domain/election.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { ownZone } from '../session/own-zone.ts';
import { momentText, titleInEnglish } from '../words.ts';

export const proposalActNames: Readonly<Record<Proposal['act'], string>> = {
  announce: 'Announce the election',
  change: 'Change the announced election',
  extend: 'Extend voting',
  close: 'Close voting',
  'add-notice': 'Publish a notice',
  'withdraw-option': 'Withdraw an option',
  'accept-loss': 'Accept the loss of votes',
  count: 'Count the results',
  'decide-by-lot': 'Record a drawing of lots',
  publish: 'Publish the results',
  'certify-destruction': 'Certify the destruction of data',
  'set-aside-batch': 'Accept a batch as incomplete',
  'withdraw-batch': 'Withdraw a batch',
  'import-roll': 'Change the roll by a file',
  'remove-from-roll': 'Take a person off the roll',
};

export const userActWords: Readonly<Record<UserActName, string>> = {
  'change-user': 'Change an account',
  'remove-user': 'Delete an account',
  'issue-one-time-password': 'Give a one-time password',
  invite: 'Invite a person',
};

export const proposalStateNames: Readonly<Record<Proposal['state'], string>> = {
  proposed: 'waits for another administrator',
  confirmed: 'confirmed, and not carried out yet',
  done: 'confirmed and carried out',
  failed: 'confirmed, and failed',
  rejected: 'rejected',
  expired: 'expired',
};

const parameterNames: Readonly<Record<string, string>> = {
  acceptOpenTies: 'Publish with undecided ties',
  backups: 'Days of the backups',
  batchId: 'Batch',
  certifiedOn: 'The results were certified on',
  change: 'Changed fields',
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
  query: 'Columns of the file',
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
    ...(titledText(value, titlesOf.get(name) ?? []) ?? valueText(value)),
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

function valueText(value: unknown): Pick<ParameterLine, 'text' | 'isCode'> {
  if (typeof value === 'boolean') return { text: value ? 'yes' : 'no', isCode: false };
  if (typeof value === 'string')
    return { text: /^\d{4}-\d\d-\d\dT.*Z$/.test(value) ? momentText(value, ownZone) : value, isCode: false };
  if (typeof value === 'number') return { text: String(value), isCode: false };
  return { text: JSON.stringify(value, null, 2), isCode: true };
}
