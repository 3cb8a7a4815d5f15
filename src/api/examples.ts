// Examples for the documentation. They are made up: the phones and numbers are of ranges that nobody has, and the
// tokens, keys and signatures open nothing.
import type { ElectionDocument } from '../protocol/public-document.ts';
import type { CastRequest, ElectionList, PendingSession, Receipt, SessionRequest } from '../protocol/public-api.ts';

const token = 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..example.example.example';
const bytes32 = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA';
const signature = { kid: 'publisher-1', alg: 'EdDSA', value: 'A'.repeat(86) } as const;

const election: ElectionDocument['election'] = {
  id: 'rehearsal',
  title: { en: 'Rehearsal', 'zh-Hant-HK': '演練' },
  opensAt: '2026-06-20T01:00:00Z',
  closesAt: '2026-06-29T14:00:00Z',
  timeZone: 'Asia/Hong_Kong',
  rehearsal: true,
  identity: { scheme: 'hkid' },
  verification: { methods: ['text-in', 'code'], verifiedSecondsMax: 900 },
  contests: [
    {
      ...{ id: 'motion', title: { en: 'Shall the library open on Sundays?' }, method: 'plurality' },
      ...{ minChoices: 1, maxChoices: 1, abstain: true },
      options: [
        { id: 'yes', number: 1, title: { en: 'Yes' } },
        { id: 'no', number: 2, title: { en: 'No' } },
      ],
    },
  ],
  phase: 'open',
  revision: 1,
};

const list: ElectionList = {
  elections: [
    {
      ...{ id: election.id, title: election.title, phase: election.phase, rehearsal: election.rehearsal },
      ...{ opensAt: election.opensAt, closesAt: election.closesAt },
    },
  ],
};

const sessionRequest: SessionRequest = {
  electionId: 'rehearsal',
  identity: { number: 'A123456(3)' },
  phone: '+85261234567',
  method: 'text-in',
  locale: 'en',
};

const textIn: PendingSession = {
  ...{ token, state: 'pending', expiresAt: '2026-06-20T02:15:00Z' },
  verification: { method: 'text-in', sendTo: '+85264500000', code: '042137', expiresAt: '2026-06-20T02:15:00Z' },
};

const code: PendingSession = {
  ...{ token, state: 'pending', expiresAt: '2026-06-20T02:15:00Z' },
  verification: { method: 'code', resendAfter: '2026-06-20T02:01:00Z', expiresAt: '2026-06-20T02:10:00Z' },
};

const verified = { state: 'verified', token, expiresAt: '2026-06-20T02:16:00Z' } as const;
const castRequest: CastRequest = {
  ballotKey: bytes32,
  ballot: { contests: [{ contestId: 'motion', choices: ['yes'] }] },
};
const receipt: Receipt = {
  ...{ version: 1, electionId: 'rehearsal', leaf: bytes32, signature: signature.value, kid: 'receipt-1' },
};

export const examples = {
  list,
  document: { election, signature },
  turnout: { turnout: { electionId: 'rehearsal', revision: 3, participation: 12_345 }, signature },
  results: { results: { electionId: 'rehearsal', revision: 5, contests: [] }, signature },
  sessionRequest,
  textIn,
  code,
  verified,
  castRequest,
  receipt,
} as const;
