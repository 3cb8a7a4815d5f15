// The public document before it is signed, with warnings for the administrator. Warnings never block an announcement,
// because each of them can be intended.
import { languageName } from '../../../domain/text/language-name.ts';
import { lacksOtherWay } from '../../../domain/verification-methods.ts';
import { isAtNight } from '../../../domain/time-zone.ts';
import { lookAlikeKeys } from '../../../domain/text/look-alike.ts';
import { shownElection } from '../../../protocol/public-document.ts';
import type { ElectionDefinition, PublicElection } from '../../../protocol/public-document.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { ElectionPreview, PreviewWarning, WrittenElection } from '../../../protocol/control/elections-api.ts';
import type { Pool } from '../../../store/database.ts';
import type { StoredElection } from '../../../store/elections/elections.ts';
import { findSettings, overlapping } from '../../../store/elections/settings.ts';
import { announcedNames } from './election-view.ts';
import { resolveElection, titleOf } from './written-election.ts';
import type { KnownParticipants } from './written-election.ts';

/** Most warnings in one answer. */
const warningsMax = 200;
/** Most overlapping elections in one answer. */
const overlapsNamedMax = 20;

/** `nowMs`: milliseconds since the epoch, for display only. */
type At = { readonly pool: Pool; readonly nowMs: number };

/** The preview of an election. Throws `invalid-election` if the definition cannot be published. */
export async function previewOf(
  at: At,
  stored: StoredElection,
  participants: KnownParticipants,
): Promise<Omit<ElectionPreview, 'manifestHash'>> {
  const definition = shownDefinition(stored, participants);
  const phase: PublicElection['phase'] = stored.phase === 'draft' ? 'scheduled' : stored.phase;
  const { logo } = stored.definition as WrittenElection;
  const warnings = [
    ...languageWarnings(definition),
    ...sameTitleWarnings(definition),
    ...timeWarnings(definition),
    ...methodWarnings(definition),
    ...(stored.phase === 'draft' ? await draftWarnings(at, definition) : renamedWarnings(stored, participants)),
  ];
  return {
    election: { ...shownElection(definition), phase, revision: 0 },
    ...(logo !== undefined && { logo }),
    warnings: warnings.slice(0, warningsMax),
  };
}

function shownDefinition(stored: StoredElection, participants: KnownParticipants): ElectionDefinition {
  if (stored.announced !== null) return stored.announced as ElectionDefinition;
  const resolved = resolveElection(stored.definition as WrittenElection, participants);
  if (resolved.ok) return resolved.definition;
  // Participants were renamed since the draft was stored, and the definition is now too large to publish.
  throw new Problem('invalid-election', { errors: resolved.faults });
}

type Named = { readonly path: string; readonly title: Readonly<Record<string, string>> };
function titlesOf(definition: ElectionDefinition): readonly Named[] {
  return definition.contests.flatMap((contest, place) => [
    { path: `contests/${place}/title`, title: contest.title },
    ...contest.options.map(({ title }, at) => ({ path: `contests/${place}/options/${at}/title`, title })),
  ]);
}

function languageWarnings(definition: ElectionDefinition): readonly PreviewWarning[] {
  const titles = [{ path: 'title', title: definition.title }, ...titlesOf(definition)];
  const languages = [...new Set(titles.flatMap(({ title }) => Object.keys(title)))];
  return titles.flatMap(({ path, title }) => {
    const missing = languages.filter((language) => title[language] === undefined);
    return missing.length === 0
      ? []
      : [
          {
            code: 'missing-language',
            path,
            detail: `Missing in ${missing.map(languageName).join(', ')}, unlike other texts.`,
          },
        ];
  });
}

// Options whose titles are equal or look the same, which voters cannot distinguish.
function sameTitleWarnings(definition: ElectionDefinition): readonly PreviewWarning[] {
  return definition.contests.flatMap((contest, place) => {
    const optionByKey = new Map<string, number>();
    return contest.options.flatMap(({ title }, at): PreviewWarning[] => {
      const keys = Object.entries(title).flatMap(([language, text]) =>
        lookAlikeKeys(text).map((key) => `${language}:${key}`),
      );
      const before = keys.map((key) => optionByKey.get(key)).find((option) => option !== undefined);
      for (const key of keys) if (!optionByKey.has(key)) optionByKey.set(key, at);
      if (before === undefined) return [];
      const equal = Object.entries(title).some(([tag, text]) => contest.options[before]?.title[tag] === text);
      const same = equal ? 'Same title as' : 'Looks like the title of';
      const path = `contests/${place}/options/${at}/title`;
      return [{ code: 'same-title', path, detail: `${same} option ${before}. Voters cannot tell them apart.` }];
    });
  });
}

function timeWarnings({ opensAt, closesAt, timeZone }: ElectionDefinition): readonly PreviewWarning[] {
  const warnings: PreviewWarning[] = [];
  for (const [path, time] of [['opensAt', opensAt] as const, ['closesAt', closesAt] as const]) {
    const form = { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    const clock = new Intl.DateTimeFormat('en-GB', form).format(new Date(time));
    if (isAtNight(clock)) {
      const verb = path === 'opensAt' ? 'opens' : 'closes';
      warnings.push({ code: 'night-time', path, detail: `It ${verb} at ${clock} in ${timeZone}. Is this right?` });
    }
  }
  return warnings;
}

function methodWarnings({ verification, channels }: ElectionDefinition): readonly PreviewWarning[] {
  if (!lacksOtherWay(verification.methods) || !channels.includes('online')) return [];
  const detail = 'With one verification method, voting stops while that method fails. Offer text-in and code.';
  return [{ code: 'one-verification-method', path: 'verification/methods', detail }];
}

async function draftWarnings({ pool, nowMs }: At, definition: ElectionDefinition): Promise<readonly PreviewWarning[]> {
  const warnings: PreviewWarning[] = [];
  if (Date.parse(definition.opensAt) <= nowMs) {
    const detail = 'This time is in the past. The election opens as soon as it is announced.';
    warnings.push({ code: 'opens-in-the-past', path: 'opensAt', detail });
  }
  const { oneAtATime } = await findSettings(pool);
  if (!oneAtATime || definition.rehearsal) return warnings;
  for (const { id, title } of await overlapping(pool, definition, overlapsNamedMax)) {
    const detail = `Only one election may run at a time, and ${Object.values(title)[0] ?? id} overlaps this one.`;
    warnings.push({ code: 'overlaps', path: `elections/${id}`, detail });
  }
  return warnings;
}

function renamedWarnings(stored: StoredElection, participants: KnownParticipants): readonly PreviewWarning[] {
  const election = stored.definition as WrittenElection;
  return [...announcedNames(stored)].flatMap(([id, announced]): PreviewWarning[] => {
    const participant = participants.get(id);
    if (!participant) return [];
    const now = Object.entries(titleOf(participant.name, election.title));
    const same =
      now.length === Object.keys(announced).length && now.every(([language, text]) => announced[language] === text);
    if (same) return [];
    const detail = 'Renamed since the announcement. The election keeps the announced name.';
    return [{ code: 'renamed-participant', path: `participants/${id}`, detail }];
  });
}
