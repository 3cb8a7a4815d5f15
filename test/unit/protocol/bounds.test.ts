// Inputs at their bound and one beyond it, over the schemas of every door: lists, texts, languages, numbers, pages. The
// bounds are those of the sources, so a changed one is tested as it is.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { rollCall } from '../../../src/protocol/ballot-service.ts';
import { registration, usersQuery } from '../../../src/protocol/control/access-api.ts';
import { auditLogQuery } from '../../../src/protocol/control/audit-log-api.ts';
import { deviceRequest } from '../../../src/protocol/control/devices-api.ts';
import { electionRequest, electionsQuery } from '../../../src/protocol/control/elections-api.ts';
import { batchesQuery } from '../../../src/protocol/control/officials-api.ts';
import { participantRequest, participantsQuery } from '../../../src/protocol/control/participants-api.ts';
import { ballot } from '../../../src/protocol/public-api.ts';
import { electionDefinition } from '../../../src/protocol/public-document.ts';
import { reason } from '../../../src/protocol/written-text.ts';
import { definition } from '../../support/elections.ts';
import { keyOf, readBounds } from '../../support/laws/bounds.ts';
import { sourceFiles } from '../../support/laws/source-tree.ts';

const bounds = new Map(
  readBounds(sourceFiles(join(import.meta.dirname, '../../..'))).map((bound) => [
    keyOf(bound),
    Number(bound.value.replaceAll(',', '')),
  ]),
);
const boundOf = (key: string): number => {
  const value = bounds.get(key);
  if (value === undefined || Number.isNaN(value)) throw new Error(`no number: ${key}`);
  return value;
};

const numbered = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const letters = (count: number): string => 'a'.repeat(count);
// Tags of two letters and a region: aa-AA, aa-AB and so on.
const inLanguages = (count: number): Record<string, string> =>
  Object.fromEntries(
    numbered(count).map((n) => [`en-${String.fromCharCode(65 + Math.floor(n / 26), 65 + (n % 26))}`, 'x']),
  );
const option = (n: number) => ({ id: `o${n}`, number: n, title: { en: `Option ${n}` } });
const contest = (n: number, options = [1, 2].map(option)) => ({
  id: `c${n}`,
  title: { en: `Contest ${n}` },
  method: 'plurality',
  minChoices: 1,
  maxChoices: 1,
  abstain: false,
  options,
});
const election = definition();
const request = { ...election, contests: [contest(1)] };
const person = { email: 'a@example.org', forename: 'Ada', surname: 'First', password: 'copper lantern river' };
const digest = 'A'.repeat(43);

type Case = readonly [key: string, schema: z.ZodType, inputOf: (size: number) => unknown];
const doors: readonly Case[] = [
  [
    'domain/election.ts contestsMax',
    electionRequest,
    (n) => ({ ...request, contests: numbered(n).map((id) => contest(id)) }),
  ],
  [
    'domain/election.ts contestsMax',
    electionDefinition,
    (n) => ({ ...election, contests: numbered(n).map((id) => contest(id)) }),
  ],
  [
    'domain/election.ts optionsMax',
    electionRequest,
    (n) => ({ ...request, contests: [contest(1, numbered(n).map(option))] }),
  ],
  [
    'domain/election.ts optionsMax',
    electionDefinition,
    (n) => ({ ...election, contests: [contest(1, numbered(n).map(option))] }),
  ],
  [
    'domain/election.ts optionsMax',
    ballot,
    (n) => ({ contests: [{ contestId: 'c', choices: numbered(n).map((id) => `o${id}`) }] }),
  ],
  [
    'domain/election.ts contestsMax',
    ballot,
    (n) => ({ contests: numbered(n).map((id) => ({ contestId: `c${id}`, choices: [] })) }),
  ],
  [
    'domain/election.ts ballotNumberMax',
    electionRequest,
    (n) => ({ ...request, contests: [contest(1, [option(1), option(n)])] }),
  ],
  [
    'domain/verification-methods.ts noticeContactCharactersMax',
    electionRequest,
    (n) => ({ ...request, verification: { ...election.verification, notice: { contact: letters(n) } } }),
  ],
  ['protocol/written-text.ts languagesMax', electionRequest, (n) => ({ ...request, title: inLanguages(n) })],
  [
    'protocol/control/elections-api.ts titleCharactersMax',
    electionRequest,
    (n) => ({ ...request, title: { en: letters(n) } }),
  ],
  [
    'protocol/control/participants-api.ts nameCharactersMax',
    participantRequest,
    (n) => ({ kind: 'party', name: letters(n) }),
  ],
  ['protocol/control/devices-api.ts deviceNameCharactersMax', deviceRequest, (n) => ({ name: letters(n) })],
  ['protocol/written-text.ts reasonCharactersMax', reason, letters],
  ['protocol/control/access-api.ts nameCharactersMax', registration, (n) => ({ ...person, forename: letters(n) })],
  ['protocol/control/access-api.ts passwordUnitsMax', registration, (n) => ({ ...person, password: letters(n) })],
  ['protocol/ballot-service.ts rollIdentitiesMax', rollCall, (n) => ({ identities: numbered(n).map(() => digest) })],
  ['protocol/control/access-api.ts usersPageMax', usersQuery, (n) => ({ limit: String(n) })],
  ['protocol/control/audit-log-api.ts entriesPageMax', auditLogQuery, (n) => ({ limit: String(n) })],
  ['protocol/control/elections-api.ts electionsPageMax', electionsQuery, (n) => ({ limit: String(n) })],
  ['protocol/control/officials-api.ts batchesPageMax', batchesQuery, (n) => ({ limit: String(n) })],
  ['protocol/control/participants-api.ts participantsPageMax', participantsQuery, (n) => ({ limit: String(n) })],
];

describe('The inputs at their bound', () => {
  test.each(doors)('The input at %s is accepted, and one more is refused', (key, schema, inputOf) => {
    const bound = boundOf(key);
    expect(schema.safeParse(inputOf(bound)).error?.issues ?? []).toEqual([]);
    const refused = schema.safeParse(inputOf(bound + 1));
    expect(refused.success).toBe(false);
    // The answer says where the fault is.
    expect(refused.error?.issues[0]?.message).not.toBe('');
  });
});
