// Examples for the documentation. All are invented: the phones and numbers are from unassigned ranges, and the tokens,
// keys and signatures are not valid.
import type { ElectionDocument } from '../../protocol/public-document.ts';
import type { ResultsBody, TurnoutBody } from '../../protocol/public-results.ts';
import type { RecordHeadList } from '../../protocol/record-heads.ts';
import { resultsCsv } from '../../protocol/control/results-csv.ts';
import type {
  ActivatedSessionRequest,
  CastRequest,
  ElectionArchive,
  ElectionList,
  PendingSession,
  PublicKeySet,
  Receipt,
  SessionRequest,
} from '../../protocol/public-api.ts';
import type { DestructionDocument } from '../../protocol/record/destruction.ts';
import type { ManifestDocument } from '../../protocol/record/manifest.ts';

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
  logo: { sha256: bytes32, width: 240, height: 80 },
  channels: ['online'],
  identity: { scheme: 'hkid' },
  verification: { methods: ['text-in', 'code'], verifiedSecondsMax: 900 },
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
  ],
  phase: 'open',
  revision: 1,
};

const list: ElectionList = {
  elections: [
    {
      id: election.id,
      title: election.title,
      phase: election.phase,
      rehearsal: election.rehearsal,
      opensAt: election.opensAt,
      closesAt: election.closesAt,
      timeZone: election.timeZone,
    },
  ],
};

const archive: ElectionArchive = {
  elections: [
    {
      id: 'library-2026',
      title: { en: 'Library hours' },
      phase: 'published',
      rehearsal: false,
      opensAt: '2026-05-20T01:00:00Z',
      closesAt: '2026-05-29T14:00:00Z',
      timeZone: 'Asia/Hong_Kong',
    },
  ],
  next: '17',
};

const sessionRequest: SessionRequest = {
  electionId: 'rehearsal',
  identity: { number: 'A123456(3)' },
  phone: '+85261234567',
  method: 'text-in',
  castTag: bytes32,
  locale: 'en',
};

const activatedSessionRequest: ActivatedSessionRequest = {
  electionId: 'rehearsal',
  code: '2J7K-9QXA-W4M0',
  attempt: 'q83vEjRWeJCrze8SNFZ4kA',
  device: 'jYtV0cWbF2mJ8sQ1nR5tX7zA3dG6hK9lP0oU4iE2yTs',
};

const textIn: PendingSession = {
  token,
  state: 'pending',
  expiresAt: '2026-06-20T02:15:00Z',
  verification: { method: 'text-in', sendTo: '+85264500000', code: '04213765', expiresAt: '2026-06-20T02:15:00Z' },
};

const code: PendingSession = {
  token,
  state: 'pending',
  expiresAt: '2026-06-20T02:15:00Z',
  verification: { method: 'code', resendAfter: '2026-06-20T02:01:00Z', expiresAt: '2026-06-20T02:10:00Z' },
};

const verified = { state: 'verified', token, expiresAt: '2026-06-20T02:16:00Z' } as const;
const castRequest: CastRequest = {
  ballotKey: bytes32,
  ballot: { contests: [{ contestId: 'motion', choices: ['yes'] }] },
};
const origin = `vote.example.org/log/rehearsal/${bytes32}`;
const namedKey = { kid: 'receipt-1', x: bytes32 };
const noSigners = { quorum: 0, keys: [] };
const manifest: ManifestDocument = {
  manifest: {
    version: 1,
    electionId: election.id,
    rehearsal: election.rehearsal,
    contests: election.contests,
    identity: election.identity,
    channels: election.channels,
    minBatch: 1,
    disclosure: 'none',
    log: { host: 'vote.example.org', key: bytes32 },
    receipts: namedKey,
    deposits: { ...namedKey, kid: 'deposits-1' },
    publisher: { ...namedKey, kid: 'publisher-1' },
    witnesses: noSigners,
    auditors: noSigners,
    sealing: null,
    tokens: null,
  },
  signature,
};
const receipt: Receipt = {
  version: 2,
  electionId: election.id,
  origin,
  kind: 0,
  castTag: bytes32,
  content: bytes32,
  signature: 'A'.repeat(86),
  kid: 'receipt-1',
};

const turnout: TurnoutBody = {
  electionId: 'rehearsal',
  revision: 3,
  countedAt: '2026-06-20T02:00:00Z',
  final: false,
  eligible: null,
  online: 12_345,
  batches: 0,
};

const results: ResultsBody = {
  electionId: 'rehearsal',
  revision: 1,
  closedAt: '2026-06-29T14:00:00Z',
  rehearsal: true,
  turnout: { eligible: null, online: 500, batches: 0 },
  reconciliation: {
    online: { received: 500, valid: 500, invalid: 0 },
    batches: { received: 0, valid: 0, invalid: 0, files: 0, invalidByReason: [], missing: 0 },
  },
  contests: [
    {
      kind: 'winner',
      method: 'plurality',
      contestId: 'motion',
      valid: 480,
      abstained: 20,
      options: [
        { optionId: 'yes', number: 1, votes: 300, share: { numerator: 300, denominator: 480 }, rank: 1 },
        { optionId: 'no', number: 2, votes: 180, share: { numerator: 180, denominator: 480 }, rank: 2 },
      ],
      winner: 'yes',
      lead: 120,
      majority: true,
      tie: null,
    },
  ],
};

const destruction: DestructionDocument = {
  destruction: {
    version: 1,
    electionId: 'rehearsal',
    signedAt: '2026-10-02T01:15:00Z',
    resultsRevision: 1,
    publishedAt: '2026-06-29T15:00:00Z',
    certifiedOn: '2026-07-01',
    retainedUntil: '2026-09-30',
    act: 'election.certify-destruction',
    statedBy: ['administrator', 'administrator'],
    destroyed: [
      { what: 'election-keys', basis: 'stated', on: '2026-10-02', keys: ['ab'.repeat(16)] },
      { what: 'roll', basis: 'checked', on: null },
      { what: 'backups', basis: 'stated', on: '2026-10-02', lastBackup: '2026-10-02' },
    ],
    kept: [
      'public-log',
      'results',
      'record-of-acts',
      'ballots',
      'keyed-tags',
      'identity-key',
      'phone-key',
      'numbers-in-proposals',
    ],
  },
  signature,
};

const publicKey = { kty: 'OKP', crv: 'Ed25519', x: bytes32 } as const;
const publicKeys: PublicKeySet = {
  publishers: [{ ...publicKey, kid: 'publisher-1' }],
  receipts: [{ ...publicKey, kid: 'receipt-1' }],
};

export const recordHeadsExample: RecordHeadList = {
  heads: [
    {
      head: {
        record: 'popvote/record/v1',
        number: 18_204,
        hash: 'ab'.repeat(32),
        signedAt: '2026-06-20T15:00:00.000Z',
      },
      signature,
    },
  ],
  log: `vote.example.org/log/acts.record/${'A'.repeat(43)}`,
};

export const voterApiExamples = {
  list,
  archive,
  document: { election, signature },
  logo: 'The bytes of the picture.',
  turnout: { turnout, signature },
  results: { results, signature },
  resultsCsv: resultsCsv({ election, results, language: 'en' }),
  sessionRequest,
  activatedSessionRequest,
  textIn,
  code,
  verified,
  castRequest,
  receipt,
  manifest,
  destruction,
  publicKeys,
} as const;
