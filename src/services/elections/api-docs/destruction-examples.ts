// Fictional examples of the destruction of an election's data for the documentation.
import type { DestructionRequest, DestructionState } from '../../../protocol/control/destruction-api.ts';

const request: DestructionRequest = {
  certifiedOn: '2026-07-01',
  retainedUntil: '2026-09-30',
  keysDestroyedOn: '2026-10-02',
  copiesDestroyed: true,
  backups: { last: '2026-10-02', destroyedOn: '2026-10-02' },
};

const keyId = 'b4f0d7bfb1e1cbbd4a6d0d4a3d8e0b6e';

const ready: DestructionState = {
  electionId: 'council-2026',
  state: 'ready',
  inUseUntil: '2026-06-21T18:32:00.000Z',
  keyId,
  remaining: [
    { what: 'election-keys', number: 0 },
    { what: 'roll', number: 0 },
    { what: 'hourly-keys', number: 0 },
    { what: 'batch-files', number: 0 },
  ],
  document: null,
};

const certified: DestructionState = {
  ...ready,
  state: 'certified',
  document: {
    destruction: {
      version: 1,
      electionId: 'council-2026',
      signedAt: '2026-10-02T09:15:00.000Z',
      resultsRevision: 1,
      publishedAt: '2026-06-21T20:00:00.000Z',
      certifiedOn: request.certifiedOn,
      retainedUntil: request.retainedUntil,
      act: 'election.certify-destruction',
      statedBy: ['administrator', 'administrator'],
      destroyed: [
        { what: 'election-keys', basis: 'stated', on: request.keysDestroyedOn, keys: [keyId] },
        { what: 'roll', basis: 'checked', on: null },
        { what: 'hourly-keys', basis: 'stated', on: null, number: 15 },
        { what: 'batch-files', basis: 'checked', on: null },
        { what: 'phones-and-codes', basis: 'expired', on: '2026-06-21' },
        { what: 'key-copies', basis: 'stated', on: null },
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
    signature: { kid: 'publisher-1', alg: 'EdDSA', value: 'A'.repeat(86) },
  },
};

export const destructionExamples = { request, ready, certified };
