// Sample data for the style guide's screens: fictional elections, sessions and receipts. Numbers are of unassigned
// ranges; tokens and signatures are not valid.
import type { ElectionList, Receipt } from '../../protocol/public-api.ts';
import type { PublicElection } from '../../protocol/public-document.ts';
import type { Pending } from '../voter/memory.ts';

const minuteMs = 60_000;
const soon = (minutes: number): string => new Date(Date.now() + minutes * minuteMs).toISOString();

export const election: PublicElection = {
  id: 'harbour-2026',
  title: {
    en: 'Harbour vote 2026',
    'zh-Hant-HK': '二零二六年海港投票',
    'sr-Cyrl': 'Гласање о луци 2026.',
    'sr-Latn': 'Glasanje o luci 2026.',
  },
  opensAt: soon(-600),
  closesAt: soon(3_000),
  timeZone: 'Asia/Hong_Kong',
  rehearsal: false,
  channels: ['online'],
  identity: { scheme: 'hkid' },
  verification: { methods: ['text-in', 'code'], verifiedSecondsMax: 900 },
  contests: [
    {
      id: 'library',
      method: 'plurality',
      minChoices: 1,
      maxChoices: 1,
      abstain: true,
      title: { en: 'Shall the public library open on Sundays?', 'zh-Hant-HK': '公共圖書館應否在星期日開放？' },
      options: [
        { id: 'yes', number: 1, title: { en: 'Yes', 'zh-Hant-HK': '贊成' } },
        { id: 'no', number: 2, title: { en: 'No', 'zh-Hant-HK': '反對' } },
      ],
    },
    {
      id: 'paths',
      method: 'approval',
      minChoices: 0,
      maxChoices: 2,
      abstain: false,
      title: { en: 'Which paths shall be lit at night?' },
      options: [
        { id: 'river', number: 1, title: { en: 'The path along the river from the old mill to the new bridge' } },
        { id: 'hill', number: 2, title: { en: 'Donaudampfschifffahrtsgesellschaftskapitänsweg' } },
        { id: 'sea', number: 3, title: { ar: 'طريق البحر القديم' } },
      ],
    },
    {
      id: 'council',
      method: 'dhondt',
      seats: 25,
      thresholdPercent: 5,
      minChoices: 1,
      maxChoices: 1,
      abstain: false,
      title: { en: 'District council', 'sr-Cyrl': 'Скупштина општине' },
      options: [
        { id: 'gardens', number: 1, kind: 'party', title: { en: 'Gardens', 'sr-Cyrl': 'Вртови' } },
        { id: 'bridges', number: 2, kind: 'party', title: { en: 'Bridges', 'sr-Cyrl': 'Мостови' } },
      ],
    },
  ],
  phase: 'open',
  revision: 1,
};

const people = Array.from({ length: 40 }, (_, at) => ({
  id: `person-${at + 1}`,
  number: at + 1,
  title: { en: `Person ${at + 1}` },
}));
const yesOrNo = { method: 'plurality', minChoices: 0, maxChoices: 1, abstain: true } as const;
/** A ballot that has a question a screen. */
export const longElection: PublicElection = {
  ...election,
  contests: [
    ...election.contests.slice(0, 1),
    {
      id: 'council',
      method: 'approval',
      minChoices: 1,
      maxChoices: 5,
      abstain: false,
      title: { en: 'Members of the council' },
      options: people,
    },
    ...['bridge', 'market'].map((id) => ({
      ...yesOrNo,
      id,
      title: { en: `Shall the old ${id} be repaired by the town before the end of next year, whatever it costs?` },
      options: election.contests[0]?.options ?? [],
    })),
  ],
};

/** A ballot of twelve questions, on some of which nothing is chosen. */
export const twelveElection: PublicElection = {
  ...election,
  contests: Array.from({ length: 12 }, (_, at) => ({
    ...yesOrNo,
    id: `question-${at + 1}`,
    title: {
      en: `Shall the town repair bridge ${at + 1} over the river before the end of next year, whatever it costs?`,
      'zh-Hant-HK': `市鎮應否不論費用，於明年年底前維修河上的第${at + 1}號橋？`,
      'sr-Cyrl': `Да ли град треба да поправи мост број ${at + 1} преко реке до краја следеће године, без обзира на цену?`,
      ar: `هل تصلح المدينة الجسر رقم ${at + 1} فوق النهر قبل نهاية العام القادم مهما كلف ذلك؟`,
    },
    options: election.contests[0]?.options ?? [],
  })),
};

const entry = ({ id, title, phase, opensAt, closesAt, timeZone, rehearsal }: PublicElection) => ({
  id,
  title,
  phase,
  opensAt,
  closesAt,
  timeZone,
  rehearsal,
});
export const sampleList: ElectionList = {
  elections: [
    entry(election),
    entry({ ...election, id: 'b', phase: 'scheduled', opensAt: soon(60), rehearsal: true }),
    entry({ ...election, id: 'c', phase: 'published' }),
    { ...entry({ ...election, id: 'd', phase: 'closed', closesAt: soon(-60) }), resultExpectedAt: soon(60) },
  ],
};

export const textIn = (): Pending => ({
  token: 'none',
  phone: '6123 4567',
  verification: { method: 'text-in', sendTo: '+85255550123', code: '48291375', expiresAt: soon(15) },
});
export const otpEntry = (minutes = 15): Pending => ({
  token: 'none',
  phone: '6123 4567',
  verification: { method: 'code', resendAfter: soon(1), expiresAt: soon(minutes) },
});
export const verified = (minutes = 15) => ({ token: 'none', expiresAt: soon(minutes) });
export const sampleReceipt: Receipt = {
  version: 1,
  electionId: 'harbour-2026',
  kid: 'receipt-1a2b3c4d',
  leaf: 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA',
  signature: 'A'.repeat(86),
};
/** The code of a receipt with a place in the public log. */
export const sampleCode = 'NF1QSHSQ8KB4JAP6';
