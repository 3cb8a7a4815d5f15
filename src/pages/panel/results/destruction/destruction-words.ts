// The destruction of an election's data in words: things that are left, destroyed or kept.
import type { DestructionState } from '../../../../protocol/control/destruction-api.ts';
import type { DestructionCertificate, DestroyedThing, KeptThing } from '../../../../protocol/record/destruction.ts';
import { numberText } from '../../words.ts';

const things: Readonly<Record<DestroyedThing | KeptThing, string>> = {
  'election-keys': 'Keys of the election',
  roll: 'Numbers on the roll',
  'phones-and-codes': 'Phones, codes and tokens of voters',
  'hourly-keys': 'Hourly keys of the mixer',
  'batch-files': 'Files of paper ballots that wait for their check',
  'identity-key': 'Key of the names of voters, which elections share',
  'phone-key': 'Key of phones, which elections share',
  'key-copies': 'Copies of the keys',
  backups: 'Backups',
  'public-log': 'Public log',
  results: 'Results',
  'record-of-acts': 'Record of actions',
  ballots: 'Ballots',
  'keyed-tags': 'Keyed tags of the roll and of voters',
  'numbers-in-proposals': 'Sealed numbers of people who were removed from the roll after the announcement',
};
export const thingText = (what: DestroyedThing | KeptThing): string => things[what];

/** What to do next about a thing of which some is left. */
const nextSteps: Readonly<Record<DestructionState['remaining'][number]['what'], string>> = {
  'election-keys': 'The operator runs popvote keys destroy where ballots runs.',
  roll: 'The platform removes them without you.',
  'hourly-keys': 'The mixer destroys them within three hours.',
  'batch-files': 'The worker checks them. Is it running?',
};

export function remainingText({ what, number }: DestructionState['remaining'][number]): string {
  if (number === null) return 'Unknown: a service does not answer.';
  return number === 0 ? 'Nothing is left.' : `${numberText(number)} left. ${nextSteps[what]}`;
}

const bases: Readonly<Record<DestructionCertificate['destroyed'][number]['basis'], string>> = {
  checked: 'Checked by the platform',
  expired: 'Older than it can live',
  stated: 'Stated by administrators',
};

/** How a destruction is known, and when it was. */
export function basisText({
  basis,
  on,
  lastBackup,
  keys,
  number,
}: DestructionCertificate['destroyed'][number]): string {
  return [
    bases[basis],
    ...(on === null ? [] : [on]),
    ...(lastBackup === undefined ? [] : [`last backup with the data: ${lastBackup}`]),
    ...(number === undefined ? [] : [`${numberText(number)} of them`]),
    ...(keys === undefined ? [] : [`key ${keys.join(', ')}`]),
  ].join(' · ');
}
