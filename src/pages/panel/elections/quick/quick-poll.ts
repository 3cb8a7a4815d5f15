// A poll from one page, as the request that creates the election. What the page does not ask is as in most polls; the seven
// steps can change it before the announcement.
import { optionsMax } from '../../../../domain/election.ts';
import { proposalSeconds } from '../../../../domain/two-people.ts';
import type { IdentityScheme } from '../../../../domain/identity.ts';
import { suggestedMethods } from '../../../../domain/counting/method-table.ts';
import type { ElectionRequest } from '../../../../protocol/control/elections-api.ts';
import type { StepFault } from '../draft/steps.ts';

export const pollLengths = [
  ['', 'Choose'],
  ['1', '1 hour'],
  ['24', '1 day'],
  ['72', '3 days'],
  ['168', '1 week'],
] as const;
type PollHours = (typeof pollLengths)[number][0];
export type PollScheme = Exclude<IdentityScheme, 'roll'>;

export type PollForm = {
  readonly title: string;
  readonly question: string;
  readonly organiser: string;
  readonly options: readonly string[];
  /** null until it is chosen. */
  readonly scheme: PollScheme | null;
  readonly hours: PollHours;
  /** After the end, within which the result is expected. */
  readonly resultHours: number | undefined;
  readonly rehearsal: boolean;
  readonly language: string;
};

/** Fewest options of a poll. */
const optionsMin = 2;
const hourMs = 3_600_000;
const minuteMs = 60_000;

export const optionsOf = ({ options }: PollForm): readonly string[] =>
  options.map((option) => option.trim()).filter((option) => option !== '');

/** A poll without a title has its question as the title. */
export const titleOfPoll = ({ title, question }: PollForm): string => title.trim() || question.trim();

/** What the poll lacks before the announcement, or before it is continued in the steps. */
export type PollGoal = 'announce' | 'steps';

export function pollFaults(poll: PollForm, goal: PollGoal): readonly StepFault[] {
  const faults: StepFault[] = [];
  const refuse = (path: string, detail: string): void => void faults.push({ path, detail });
  if (poll.question.trim() === '') refuse('question', 'Enter a question.');
  const options = optionsOf(poll);
  if (options.length < optionsMin) refuse('options', `Enter at least ${optionsMin} options.`);
  if (options.length > optionsMax) refuse('options', `Enter at most ${optionsMax} options.`);
  if (poll.scheme === null) refuse('scheme', 'Choose who can vote.');
  if (poll.hours === '') refuse('hours', 'Choose how long voting is open.');
  if (goal === 'announce' && !poll.rehearsal && poll.organiser.trim() === '')
    refuse('organiser', 'Enter who holds the poll and how voters get help.');
  return faults;
}

/**
 * Voting opens as soon as it is announced. Where another administrator has to confirm that, it opens when the time for it
 * is over, so that no voting time is lost.
 */
const opensAtMs = (proposes: boolean, nowMs: number): number =>
  proposes
    ? Math.ceil((nowMs + proposalSeconds * 1_000) / minuteMs) * minuteMs + minuteMs
    : Math.floor(nowMs / minuteMs) * minuteMs;

export type PollPlace = { readonly id: string; readonly timeZone: string; readonly proposes: boolean };

/** `poll` has no faults. */
export function pollElection(poll: PollForm, { id, timeZone, proposes }: PollPlace, nowMs: number): object {
  const { question, organiser, scheme, hours, resultHours, rehearsal, language } = poll;
  const opensMs = opensAtMs(proposes, nowMs);
  return {
    id,
    title: { [language]: titleOfPoll(poll) },
    ...(organiser.trim() !== '' && { organiser: { [language]: organiser.trim() } }),
    timeZone,
    rehearsal,
    opensAt: new Date(opensMs).toISOString(),
    closesAt: new Date(opensMs + Number(hours) * hourMs).toISOString(),
    ...(resultHours !== undefined && { resultHours }),
    channels: ['online'],
    identity: { scheme: scheme ?? 'phone-only' },
    verification: { methods: rehearsal ? ['text-in', 'code'] : ['text-in-confirmed'], verifiedSecondsMax: 900 },
    ...(rehearsal && { minBatch: 1 }),
    contests: [
      {
        title: { [language]: question.trim() },
        method: suggestedMethods.winner,
        options: optionsOf(poll).map((option) => ({ title: { [language]: option } })),
      },
    ],
  } satisfies Partial<Omit<ElectionRequest, 'contests'>> & { contests: readonly object[] };
}
