// An audit entry as a sentence: the actor, the action, the object and the outcome. The sentence is a list of parts, so
// that a page can mark names and a file can join them. Names and reasons come from users and stay plain text.
import { ownValue } from '../../../domain/own-value.ts';
import type { AuditEntry } from '../../../protocol/control/audit-log-api.ts';
import { titleInEnglish } from '../words.ts';

/** The words for an action: completed, and attempted. `{object}` is the place of the object's name. */
type Words = readonly [completed: string, attempt: string];
const acts: Readonly<Record<string, Words>> = {
  'participant.create': ['added the participant {object}', 'add the participant {object}'],
  'participant.rename': ['renamed the participant {object}', 'rename the participant {object}'],
  'participant.delete': ['deleted the participant {object}', 'delete the participant {object}'],
  'election.create': ['created the election {object}', 'create the election {object}'],
  'election.change': ['changed {object}', 'change {object}'],
  'election.delete': ['deleted {object}', 'delete {object}'],
  'election.announce': ['announced {object}', 'announce {object}'],
  'election.extend': ['extended voting in {object}', 'extend voting in {object}'],
  'election.add-notice': ['published a notice about {object}', 'publish a notice about {object}'],
  'election.accept-loss': ['accepted a loss of votes of {object}', 'accept a loss of votes of {object}'],
  'election.withdraw-option': ['withdrew an option of {object}', 'withdraw an option of {object}'],
  'election.schedule-act': ['planned an action for {object}', 'plan an action for {object}'],
  'election.cancel-scheduled-act': ['cancelled a planned action of {object}', 'cancel a planned action of {object}'],
  'election.close': ['closed voting in {object}', 'close voting in {object}'],
  'election.close-intake': ['closed the ballot intake of {object} permanently', 'close the ballot intake of {object}'],
  'election.settle': ['completed an interrupted change to {object}', 'complete an interrupted change to {object}'],
  'election.import-roll': ['changed the roll of {object} by a file', 'change the roll of {object} by a file'],
  'election.check-roll': ['checked a file for the roll of {object}', 'check a file for the roll of {object}'],
  'election.read-roll': ['read the roll of {object}', 'read the roll of {object}'],
  'election.export-roll': ['exported the roll of {object}', 'export the roll of {object}'],
  'election.remove-from-roll': [
    'removed a person from the roll of {object}',
    'remove a person from the roll of {object}',
  ],
  'election.propose': ['proposed an action for {object}', 'propose an action for {object}'],
  'election.confirm-proposal': ['confirmed a proposal for {object}', 'confirm a proposal for {object}'],
  'election.reject-proposal': ['rejected a proposal for {object}', 'reject a proposal for {object}'],
  'election.count': ['counted the results of {object}', 'count the results of {object}'],
  'election.export-openings': [
    'exported what the online ballots of {object} say',
    'export what the online ballots of {object} say',
  ],
  'election.certify-destruction': [
    'certified that the data of {object} is destroyed',
    'certify that the data of {object} is destroyed',
  ],
  'election.publish': ['published the results of {object}', 'publish the results of {object}'],
  'election.decide-by-lot': ['recorded a tie-break draw in {object}', 'record a tie-break draw in {object}'],
  'election.confirm-batch': ['confirmed a batch of {object}', 'confirm a batch of {object}'],
  'election.activate-voter': ['gave a voter of {object} a card', 'give a voter of {object} a card'],
  'election.enrol-device': ['enrolled a device for {object}', 'enrol a device for {object}'],
  'election.revoke-device': ['revoked a device of {object}', 'revoke a device of {object}'],
  'election.withdraw-batch': ['withdrew a batch of {object}', 'withdraw a batch of {object}'],
  'election.set-aside-batch': ['accepted an incomplete batch in {object}', 'accept an incomplete batch in {object}'],
  'user.register': ['registered the account {object}', 'register an account'],
  'user.change': ['changed the account {object}', 'change the account {object}'],
  'user.delete': ['deleted the account {object}', 'delete the account {object}'],
  'user.read-national-id': ['read the national ID of {object}', 'read the national ID of {object}'],
  'password.change': ['changed their password', 'change their password'],
  'password.issue-one-time': ['gave {object} a one-time password', 'give {object} a one-time password'],
  'second-factor.offer': ['began to set up an authenticator', 'begin to set up an authenticator'],
  'second-factor.confirm': ['set up an authenticator', 'set up an authenticator'],
  'second-factor.remove': ['removed a second factor of {object}', 'remove a second factor of {object}'],
  'passkey.add': ['added a passkey', 'add a passkey'],
  'passkey.remove': ['removed a passkey', 'remove a passkey'],
  'proposal.create': ['proposed an action for accounts', 'propose an action for accounts'],
  'proposal.confirm': ['confirmed an action for accounts', 'confirm an action for accounts'],
  'proposal.withdraw': ['withdrew a proposal for accounts', 'withdraw a proposal for accounts'],
  'invitation.create': ['invited a person', 'invite a person'],
  'invitation.withdraw': ['withdrew an invitation', 'withdraw an invitation'],
  'session.login': ['signed in', 'sign in'],
  'session.refresh': ['used a session token twice', 'use a session token twice'],
  'session.logout': ['signed out', 'sign out'],
  'session.end': ['ended a session', 'end a session'],
  'session.end-all': ['ended all sessions of {object}', 'end all sessions of {object}'],
  'operator.create-administrator': ['created the administrator {object}', 'create an administrator'],
  'operator.renew-administrator': ['gave an administrator a one-time password', 'give a one-time password'],
  'operator.suspend-administrator': ['suspended the administrator {object}', 'suspend an administrator'],
  'settings.change': ['changed the settings', 'change the settings'],
  'audit-log.export': ['exported the full audit log', 'export the full audit log'],
};
/** Actions that the filter offers. Others can be given in the address. */
export const actNames: readonly string[] = Object.keys(acts);
/** The name of an action in a list, such as "Close voting in …". */
export function actLabel(act: string): string {
  const label = (ownValue(acts, act)?.[1] ?? act).replace('{object}', '…');
  return label.charAt(0).toUpperCase() + label.slice(1);
}

export type Part = { readonly text: string; readonly name?: true };
export type Names = {
  /** The name of a user, or null where the reader may not see it. */
  readonly user: (id: string) => string | null;
  /** The name of an object, or null. */
  readonly object: (kind: string, id: string) => string | null;
};

export function sentenceOf(entry: AuditEntry, names: Names): readonly Part[] {
  const [completed, attempt] = ownValue(acts, entry.act) ?? [
    `did “${entry.act}” to {object}`,
    `do “${entry.act}” to {object}`,
  ];
  const words =
    entry.outcome === 'done' ? completed : `${entry.outcome === 'attempted' ? 'started to' : 'tried to'} ${attempt}`;
  const [before = '', after = ''] = words.split('{object}');
  const hasObject = words.includes('{object}');
  const { before: was, after: is } = ownNames(entry);
  // The name at the time of the entry, else the name now.
  const { kind, id } = entry.object;
  const objectName = was ?? is ?? (kind === 'user' ? names.user(id) : names.object(kind, id));
  const renamed = entry.act === 'participant.rename' && was !== null && is !== null;
  // An object whose creation failed has no name.
  const none = hasObject && objectName === null && entry.act.endsWith('.create') && entry.outcome !== 'done';
  return [
    { text: actorText(entry.actor, names), name: true },
    ...confirmationOf(entry.actor, names),
    { text: ` ${none ? before.replace(/ the (?:participant|election) $/, '') : before}` },
    ...(none ? [{ text: ` ${entry.object.kind === 'election' ? 'an election' : 'a participant'}` }] : []),
    ...(hasObject && !none ? [{ text: objectName ?? entry.object.id, name: true as const }] : []),
    ...(renamed ? [{ text: ' to ' }, { text: is, name: true as const }] : []),
    { text: `${after}${isEarlyClosing(entry) ? ' early' : ''}.${endOf(entry)}` },
    ...(entry.reason === null ? [] : [{ text: ' Reason: ' }, { text: entry.reason, name: true as const }]),
  ];
}

/** The object's names before and after, from the entry itself. */
function ownNames({ changed }: AuditEntry): { readonly before: string | null; readonly after: string | null } {
  const { from, to } = (changed?.['title'] ?? changed?.['name'] ?? {}) as { from?: unknown; to?: unknown };
  return { before: nameIn(from), after: nameIn(to) };
}

/** A name or title from an entry; null where there is none. */
export function nameIn(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return null;
  const texts = Object.entries(value).filter((each): each is [string, string] => typeof each[1] === 'string');
  return texts.length === 0 ? null : titleInEnglish(Object.fromEntries(texts));
}

/** The second name of an act that one administrator proposed and another confirmed. */
function confirmationOf(actor: AuditEntry['actor'], names: Names): readonly Part[] {
  if (actor.kind !== 'user' || actor.confirmedBy === undefined) return [];
  const confirmer = { kind: 'user', userId: actor.confirmedBy, role: 'administrator' } as const;
  return [
    { text: ', confirmed by ' },
    { text: actorText(confirmer, names).replace(/^The /, 'the '), name: true },
    { text: ',' },
  ];
}

export function actorText(actor: AuditEntry['actor'], names: Names): string {
  if (actor.kind === 'clock') return 'The schedule';
  if (actor.kind === 'operator') return 'The operator';
  if (actor.kind === 'unknown') return 'Someone without a session';
  return names.user(actor.userId) ?? `The ${actor.role ?? 'user'} ${actor.userId.slice(0, 8)}`;
}

/** An early close changes the end of voting; a close after the end does not. */
const isEarlyClosing = ({ act, outcome, changed }: AuditEntry): boolean =>
  act === 'election.close' && outcome === 'done' && changed !== null && 'closesAt' in changed;

function endOf({ outcome, code, act, changed }: AuditEntry): string {
  if (outcome === 'refused') return ` It was rejected (${code ?? 'no code'}) and changed nothing.`;
  if (outcome === 'failed') return ' The service failed.';
  const nothingNew = outcome === 'done' && changed === null && act !== 'audit-log.export' && act !== 'election.count';
  return nothingNew ? ' Nothing changed.' : '';
}

/** The sentence as one line, for files. */
export const textOf = (parts: readonly Part[]): string => parts.map(({ text }) => text).join('');
