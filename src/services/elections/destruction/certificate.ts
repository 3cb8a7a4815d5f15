// What a certificate of destruction says about an election whose data is destroyed.
import { dayIn } from '../../../domain/time-zone.ts';
import type { DestructionRequest } from '../../../protocol/control/destruction-api.ts';
import type { ElectionsKeys } from '../../../protocol/key-files.ts';
import { keyIdsOf } from '../../../protocol/public-document.ts';
import { instantOf } from '../../../protocol/public-values.ts';
import type { DestructionCertificate, KeptThing } from '../../../protocol/record/destruction.ts';
import type { Actor } from '../audit/audit.ts';
import type { RemainingData } from './remaining-data.ts';

/** The keys that elections share. */
export type SharedKeyIds = Pick<ElectionsKeys, 'identity' | 'phone'>;

type DestroyedItem = DestructionCertificate['destroyed'][number];
/** Of an election of which nothing is left. */
export type DestroyedData = RemainingData & {
  readonly published: NonNullable<RemainingData['published']>;
  readonly keyId: string;
};
type Statement = { readonly actor: Actor; readonly request: DestructionRequest; readonly keys: SharedKeyIds };

export function certificateOf(data: DestroyedData, statement: Statement): DestructionCertificate {
  const { election, published } = data;
  const { actor, request, keys } = statement;
  const shared = sharedKeys(data, keys);
  return {
    version: 1,
    electionId: election.id,
    signedAt: instantOf(election.nowMs),
    resultsRevision: published.revision,
    publishedAt: instantOf(published.atMs),
    certifiedOn: request.certifiedOn,
    retainedUntil: request.retainedUntil,
    act: 'election.certify-destruction',
    statedBy: rolesOf(actor),
    destroyed: [...ownItems(data, request), ...shared.destroyed, ...statedItems(request)],
    kept: ['public-log', 'results', 'record-of-acts', 'ballots', 'keyed-tags', ...shared.kept],
  };
}

/** Who they are is in the record of acts. */
function rolesOf(actor: Actor): DestructionCertificate['statedBy'] {
  if (actor.kind !== 'user') throw new Error('only users state a destruction');
  return actor.confirmedBy === undefined ? ['administrator'] : ['administrator', 'administrator'];
}

function ownItems(data: DestroyedData, { keysDestroyedOn }: DestructionRequest): readonly DestroyedItem[] {
  const { definition, inUseUntilMs, keyId, hourlyKeys } = data;
  return [
    // Looked for in the folder of one replica of `ballots` only. The others are stated to have none.
    { what: 'election-keys', basis: 'stated', on: keysDestroyedOn, keys: [keyId] },
    { what: 'roll', basis: 'checked', on: null },
    // The database says that the working mixer destroyed its own. The others may have copies.
    { what: 'hourly-keys', basis: 'stated', on: null, ...(hourlyKeys !== null && { number: hourlyKeys }) },
    { what: 'batch-files', basis: 'checked', on: null },
    { what: 'phones-and-codes', basis: 'expired', on: dayIn(definition.timeZone, inUseUntilMs) },
  ];
}

/**
 * A key that this process does not have any more is stated to be destroyed: other services have had it too. Others may be
 * needed by another election.
 */
function sharedKeys(
  { definition }: DestroyedData,
  keys: SharedKeyIds,
): { readonly destroyed: readonly DestroyedItem[]; readonly kept: readonly KeptThing[] } {
  const ids = keyIdsOf(definition);
  const destroyed: DestroyedItem[] = [];
  const things: KeptThing[] = [];
  for (const ring of ['identity', 'phone'] as const) {
    const what = `${ring}-key` as const;
    if (keys[ring].some(({ kid }) => kid === ids[ring])) things.push(what);
    else destroyed.push({ what, basis: 'stated', on: null, keys: [ids[ring]] });
  }
  // The record of proposals and of acts has those of people who were removed from the roll after the announcement.
  if (things.includes('identity-key')) things.push('numbers-in-proposals');
  return { destroyed, kept: things };
}

const statedItems = ({ backups }: DestructionRequest): readonly DestroyedItem[] => [
  { what: 'key-copies', basis: 'stated', on: null },
  {
    what: 'backups',
    basis: 'stated',
    on: backups?.destroyedOn ?? null,
    ...(backups && { lastBackup: backups.last }),
  },
];
