// Elections for tests: a motion and a parliamentary contest, open now.
import { electionDefinition } from '../../src/protocol/public-document.ts';
import type { ElectionDefinition } from '../../src/protocol/public-document.ts';

const hourMs = 3_600_000;

export function definition(changes: Partial<ElectionDefinition> = {}): ElectionDefinition {
  return electionDefinition.parse({
    id: 'rehearsal',
    title: { en: 'Rehearsal', 'zh-Hant-HK': '演練' },
    opensAt: new Date(Date.now() - hourMs).toISOString(),
    closesAt: new Date(Date.now() + 24 * hourMs).toISOString(),
    timeZone: 'Asia/Hong_Kong',
    rehearsal: true,
    identity: { scheme: 'hkid' },
    verification: { methods: ['text-in', 'code'] },
    minBatch: 1,
    contests: [
      {
        id: 'motion',
        title: { en: 'Shall the library open on Sundays?' },
        method: 'plurality',
        minChoices: 1,
        maxChoices: 1,
        abstain: true,
        options: [
          { id: 'yes', number: 1, title: { en: 'Yes' } },
          { id: 'no', number: 2, title: { en: 'No' } },
        ],
      },
      {
        id: 'council',
        title: { en: 'Council' },
        method: 'dhondt',
        minChoices: 1,
        maxChoices: 1,
        abstain: false,
        seats: 11,
        thresholdPercent: 5,
        options: [
          { id: 'red', number: 1, title: { en: 'Red' }, kind: 'party' },
          { id: 'blue', number: 2, title: { en: 'Blue' }, kind: 'party' },
          { id: 'green', number: 3, title: { en: 'Green' }, kind: 'party' },
        ],
      },
    ],
    ...(changes.rehearsal === false && { organiser: { en: 'Town hall. Help: 2555 0123' } }),
    ...changes,
  });
}

export const ballot = (motion: 'yes' | 'no' | null = 'yes', council: 'red' | 'blue' | 'green' = 'red') => ({
  contests: [
    { contestId: 'motion', choices: motion === null ? [] : [motion] },
    { contestId: 'council', choices: [council] },
  ],
});
