// Fictional examples for the documentation.
import type { AuditEntry, AuditVerification } from '../../../protocol/control/audit-log-api.ts';
import type {
  AdministeredElection,
  ElectionChange,
  ElectionPreview,
  ElectionSummary,
} from '../../../protocol/control/elections-api.ts';
import type { Participant } from '../../../protocol/control/participants-api.ts';

const userId = '7c1f6f0e-3d0b-4a55-9f5e-0d6c7a3f2b11';
const hash = 'b4f0d7bfb1e1cbbd4a6d0d4a3d8e0b6e9c57d1f2a3b4c5d6e7f8091a2b3c4d5e';

const river: Participant = {
  id: '5f0c6f34-93f1-4c43-8c5f-7b1f3a0f5c01',
  kind: 'party',
  name: 'River Party',
  createdAt: '2026-05-01T08:00:00.000Z',
};
const hill: Participant = {
  id: '0b8f1c7e-2a4d-4b7e-9c53-1f6f0f6f2d02',
  kind: 'party',
  name: { en: 'Hill Party', 'sr-Latn': 'Stranka brda' },
  createdAt: '2026-05-01T08:01:00.000Z',
};

const definition = {
  title: { en: 'Parliament 2026', 'sr-Latn': 'Parlament 2026.' },
  organiser: { en: 'Electoral commission, +381 11 123 4567, 8:00 to 20:00' },
  resultHours: 24,
  opensAt: '2026-06-20T06:00:00.000Z',
  closesAt: '2026-06-21T18:00:00.000Z',
  timeZone: 'Europe/Belgrade',
  rehearsal: false,
  channels: ['online' as const, 'batches' as const],
  identity: { scheme: 'jmbg' as const },
  verification: { methods: ['text-in' as const, 'code' as const], verifiedSecondsMax: 900 },
};
const parliamentContest = {
  title: { en: 'Members of parliament', 'sr-Latn': 'Narodni poslanici' },
  method: 'dhondt' as const,
  minChoices: 1,
  maxChoices: 1,
  abstain: false,
  seats: 250,
  thresholdPercent: 5,
};

const election: AdministeredElection = {
  id: 'parliament-2026',
  state: 'draft',
  phase: 'draft',
  version: 1,
  changing: false,
  definition: {
    id: 'parliament-2026',
    ...definition,
    minBatch: 50,
    graceSeconds: 120,
    contests: [
      {
        id: 'contest-1',
        ...parliamentContest,
        options: [
          { id: river.id, number: 1, participantId: river.id },
          { id: hill.id, number: 2, participantId: hill.id },
        ],
      },
    ],
  },
  participants: [
    { id: river.id, kind: 'party', title: { en: 'River Party', 'sr-Latn': 'River Party' } },
    { id: hill.id, kind: 'party', title: { en: 'Hill Party', 'sr-Latn': 'Stranka brda' } },
  ],
  createdAt: '2026-05-02T08:00:00.000Z',
  createdBy: userId,
  changedAt: '2026-05-02T08:00:00.000Z',
  changedBy: userId,
  announcedAt: null,
  manifestHash: null,
};

const summary: ElectionSummary = {
  id: election.id,
  title: definition.title,
  state: 'draft',
  phase: 'draft',
  version: 1,
  rehearsal: false,
  opensAt: definition.opensAt,
  closesAt: definition.closesAt,
  timeZone: definition.timeZone,
  contests: 1,
  channels: ['online', 'batches'],
};

const preview: ElectionPreview = {
  election: {
    id: election.id,
    ...definition,
    phase: 'scheduled',
    revision: 0,
    contests: [
      {
        id: 'contest-1',
        ...parliamentContest,
        options: [
          { id: river.id, number: 1, title: { en: 'River Party', 'sr-Latn': 'River Party' }, kind: 'party' },
          { id: hill.id, number: 2, title: { en: 'Hill Party', 'sr-Latn': 'Stranka brda' }, kind: 'party' },
        ],
      },
    ],
  },
  warnings: [
    {
      code: 'night-time',
      path: 'closesAt',
      detail: 'It closes at 02:00 in Europe/Belgrade. Is this right?',
    },
  ],
  manifestHash: null,
};

const change: ElectionChange = { closesAt: '2026-06-21T20:00:00.000Z' };

/** A black square of eight pixels. */
const logoChange: ElectionChange = {
  logo: 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQAAAADsdIMmAAAAC0lEQVR4nGNgQAUAABAAATm9j2UAAAAASUVORK5CYII=',
};

const attempted: AuditEntry = {
  number: 41,
  at: '2026-05-02T08:00:00.000Z',
  outcome: 'attempted',
  attempt: null,
  actor: { kind: 'user', userId, role: 'administrator' },
  act: 'participant.rename',
  object: { kind: 'participant', id: river.id },
  reason: null,
  code: null,
  changed: null,
  request: '0f3e4c1a-7d55-4c0e-8f1a-5d2b9c3e6a10',
};
const done: AuditEntry = {
  ...attempted,
  number: 42,
  at: '2026-05-02T08:00:00.012Z',
  outcome: 'done',
  attempt: 41,
  changed: { name: { from: 'Rever Party', to: 'River Party' } },
};

const verification: AuditVerification = {
  entries: 18_204,
  head: { number: 18_204, hash },
  signedHeads: 412,
  broken: null,
  noted: { number: 17_000, hash },
  verifiedAt: '2026-06-21T15:00:00.000Z',
};

export const electionsExamples = {
  participant: river,
  participantRequest: { name: 'River Party', kind: 'party' },
  participantByLanguage: { name: { en: 'Hill Party', 'sr-Latn': 'Stranka brda' }, kind: 'party' },
  participantChange: { name: 'River Party' },
  participantPage: { participants: [river, hill].map((each) => ({ ...each, elections: 1 })), next: '51' },
  participantDetails: {
    participant: river,
    elections: [{ id: election.id, title: definition.title }],
    electionsTotal: 1,
  },
  election,
  copyRequest: { id: 'parliament-rehearsal', rehearsal: true, title: { en: 'Rehearsal of the parliament' } },
  electionRequest: {
    id: 'parliament-2026',
    ...definition,
    contests: [{ ...parliamentContest, options: [{ participantId: river.id }, { participantId: hill.id }] }],
  },
  referendumRequest: {
    ...definition,
    title: { en: 'Library hours' },
    rehearsal: true,
    contests: [
      {
        title: { en: 'Shall the library open on Sundays?' },
        method: 'plurality',
        abstain: true,
        options: [{ title: { en: 'Yes' } }, { title: { en: 'No' } }],
      },
    ],
  },
  electionPage: { elections: [summary], next: null },
  preview,
  change,
  logoChange,
  settings: { oneAtATime: true },
  auditLogPage: {
    entries: [
      { entry: done, hash },
      { entry: attempted, hash: hash.replaceAll('b', 'a') },
    ],
    next: '41',
  },
  verification,
  line: `{"number":1,"previous":"${'0'.repeat(64)}","hash":"${hash}","text":"{\\"number\\" : 1, …}"}\n`,
} as const;
