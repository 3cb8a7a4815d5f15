// An entry of the audit log as a sentence: who, what, to what, and what came of it. The sentence is made of parts, so that a
// page can set names apart and a file can write them in a row. Names and reasons are texts from outside and stay texts.
import type { AuditEntry } from '../../../protocol/control/audit-log-api.ts';
import { titleInEnglish } from '../words.ts';

/** What an act is called: done, and as something tried. `{object}` stands for what was acted on. */
type Words = readonly [done: string, tried: string];
const acts: Readonly<Record<string, Words>> = {
  'participant.create': ['added the participant {object}', 'add the participant {object}'],
  'participant.rename': ['renamed the participant {object}', 'rename the participant {object}'],
  'participant.delete': ['deleted the participant {object}', 'delete the participant {object}'],
  'election.create': ['wrote the election {object}', 'write the election {object}'],
  'election.change': ['changed {object}', 'change {object}'],
  'election.delete': ['deleted {object}', 'delete {object}'],
  'election.announce': ['announced {object}', 'announce {object}'],
  'election.extend': ['extended voting in {object}', 'extend voting in {object}'],
  'election.close': ['closed voting in {object}', 'close voting in {object}'],
  'election.close-intake': ['closed the ballot intake of {object} for good', 'close the ballot intake of {object}'],
  'election.settle': ['finished a change of {object} that had been left', 'finish a change of {object}'],
  'election.import-roll': ['imported the roll of {object}', 'import a roll for {object}'],
  'election.count': ['counted the results of {object}', 'count the results of {object}'],
  'election.publish': ['published the results of {object}', 'publish the results of {object}'],
  'election.decide-by-lot': ['decided a tie by lot in {object}', 'decide a tie by lot in {object}'],
  'election.set-aside-batch': ['set a batch of {object} aside', 'set a batch of {object} aside'],
  'settings.change': ['changed the settings', 'change the settings'],
  'audit-log.export': ['took the whole audit log away', 'take the whole audit log away'],
};
/** Acts that can be looked for. Others may stand in the log: they can be typed in the address. */
export const actNames: readonly string[] = Object.keys(acts);
/** What an act is called in a list, such as "Close voting in …". */
export function actLabel(act: string): string {
  const label = (acts[act]?.[1] ?? act).replace('{object}', '…');
  return label.charAt(0).toUpperCase() + label.slice(1);
}

export type Part = { readonly text: string; readonly name?: true };
export type Names = {
  /** The name of a user, or null where the reader may not know it. */
  readonly user: (id: string) => string | null;
  /** What an object is called, or null. */
  readonly object: (kind: string, id: string) => string | null;
};

/** `settled`: for an attempt, whether its outcome is known; false says that it is not among what was read. */
export function sentenceOf(entry: AuditEntry, names: Names): readonly Part[] {
  const [done, tried] = acts[entry.act] ?? [`did “${entry.act}” to {object}`, `do “${entry.act}” to {object}`];
  const words =
    entry.outcome === 'done' ? done : `${entry.outcome === 'attempted' ? 'set out to' : 'tried to'} ${tried}`;
  const [before = '', after = ''] = words.split('{object}');
  const named = words.includes('{object}');
  const { before: was, after: is } = ownNames(entry);
  // As it was called then; else as it is called now.
  const known = was ?? is ?? names.object(entry.object.kind, entry.object.id);
  const renamed = entry.act === 'participant.rename' && was !== null && is !== null;
  // What was never made has no name.
  const none = known === null && entry.act.endsWith('.create') && entry.outcome !== 'done';
  return [
    { text: actorText(entry.actor, names), name: true },
    { text: ` ${none ? before.replace(/ the (?:participant|election) $/, '') : before}` },
    ...(none ? [{ text: ` ${entry.object.kind === 'election' ? 'an election' : 'a participant'}` }] : []),
    ...(named && !none ? [{ text: known ?? entry.object.id, name: true as const }] : []),
    ...(renamed ? [{ text: ' to ' }, { text: is, name: true as const }] : []),
    { text: `${after}${isEarlyClosing(entry) ? ' early' : ''}.${endOf(entry)}` },
    ...(entry.reason === null ? [] : [{ text: ' Reason: ' }, { text: entry.reason, name: true as const }]),
  ];
}

/** What the entry itself says that its object was called before and after. */
function ownNames({ changed }: AuditEntry): { readonly before: string | null; readonly after: string | null } {
  const { from, to } = (changed?.['title'] ?? changed?.['name'] ?? {}) as { from?: unknown; to?: unknown };
  return { before: nameIn(from), after: nameIn(to) };
}

/** A name or title as it stands in an entry; null where it is none. */
export function nameIn(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return null;
  const texts = Object.entries(value).filter((each): each is [string, string] => typeof each[1] === 'string');
  return texts.length === 0 ? null : titleInEnglish(Object.fromEntries(texts));
}

export function actorText(actor: AuditEntry['actor'], names: Names): string {
  if (actor.kind === 'clock') return 'The schedule';
  if (actor.kind === 'operator') return 'The operator';
  return names.user(actor.userId) ?? `The ${actor.role} ${actor.userId.slice(0, 8)}`;
}

/** What a closing changed is the end; where voting was over already it changed none. */
const isEarlyClosing = ({ act, outcome, changed }: AuditEntry): boolean =>
  act === 'election.close' && outcome === 'done' && changed !== null && 'closesAt' in changed;

function endOf({ outcome, code, act, changed }: AuditEntry): string {
  if (outcome === 'refused') return ` It was refused (${code ?? 'without a code'}) and changed nothing.`;
  if (outcome === 'failed') return ' It failed on our side.';
  const nothingNew = outcome === 'done' && changed === null && act !== 'audit-log.export' && act !== 'election.count';
  return nothingNew ? ' It was so already.' : '';
}

/** One line of text, for files. */
export const textOf = (parts: readonly Part[]): string => parts.map(({ text }) => text).join('');
