// An example for people who try the panel: a complete rehearsal with invented parties and projects. It is created as a
// draft and has no votes: people cast them on the voters' page, as in any election. It has no organiser, because a new
// election begins with the organiser of the one before.
import { suggestedMethods } from '../../../../domain/counting/method-table.ts';
import type { ElectionRequest } from '../../../../protocol/control/elections-api.ts';

/** Days for which voting in the example is open. */
const exampleDays = 7;
const dayMs = 86_400_000;
const minuteMs = 60_000;

const titled = (en: string) => ({ title: { en } });

type Example = Partial<Omit<ElectionRequest, 'contests'>> & { readonly contests: readonly object[] };

/** Voting opens as soon as it is announced. */
export function exampleElection(id: string, timeZone: string, nowMs: number): Example {
  const opensMs = Math.floor(nowMs / minuteMs) * minuteMs;
  return {
    id,
    ...titled('Example: town meeting'),
    timeZone,
    rehearsal: true,
    opensAt: new Date(opensMs).toISOString(),
    closesAt: new Date(opensMs + exampleDays * dayMs).toISOString(),
    resultHours: 24,
    channels: ['online', 'batches'],
    identity: { scheme: 'phone-only' },
    verification: { methods: ['text-in', 'code'], verifiedSecondsMax: 900 },
    minBatch: 1,
    contests: [
      {
        id: 'council',
        ...titled('Town council'),
        method: suggestedMethods.seats,
        seats: 15,
        thresholdPercent: 5,
        options: ['Gardens', 'Bridges', 'Lanterns', 'Kites'].map((name) => ({ ...titled(name), kind: 'party' })),
      },
      {
        id: 'projects',
        ...titled('Which projects should get money?'),
        method: 'approval',
        maxChoices: 2,
        seats: 2,
        abstain: true,
        options: ['A playground', 'Street lights', 'Bicycle paths', 'A music school'].map(titled),
      },
      {
        id: 'library',
        ...titled('Should the library open on Sundays?'),
        method: suggestedMethods.winner,
        abstain: true,
        options: ['Yes', 'No'].map(titled),
      },
    ],
  };
}
