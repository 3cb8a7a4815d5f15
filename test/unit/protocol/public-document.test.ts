// What an operator may write as an election: the valid one beside each invalid counterpart, rejected at the right place.
import { describe, expect, test } from 'vitest';
import { electionDefinition, publicElection, shownElection } from '../../../src/protocol/public-document.ts';
import { publication } from '../../../src/protocol/record/publication.ts';
import { signature } from '../../../src/protocol/public-values.ts';
import { definition } from '../../support/elections.ts';

type Json = Record<string, unknown>;

/** A good definition, as JSON, with something changed. */
function changed(change: (election: Json, motion: Json, council: Json) => void): Json {
  const election = structuredClone(definition()) as unknown as Json;
  const [motion, council] = election['contests'] as [Json, Json];
  change(election, motion, council);
  return election;
}

const options = (motion: Json): [Json, Json] => motion['options'] as [Json, Json];

test('A definition reads back as it was written', () => {
  const parsed = changed(() => undefined);
  expect(electionDefinition.parse(parsed)).toEqual(parsed);
});

test('A definition that says nothing of K and of verified sessions gets the safe ones', () => {
  const bare = changed((election) => {
    delete election['minBatch'];
    delete (election['verification'] as Json)['verifiedSecondsMax'];
  });
  expect(electionDefinition.parse(bare)).toMatchObject({
    minBatch: 50,
    verification: { verifiedSecondsMax: 900 },
  });
});

describe('A definition with a fault', () => {
  const rows: [string, string, (election: Json, motion: Json, council: Json) => void][] = [
    ['it closes before it opens', 'closesAt', (e) => (e['closesAt'] = '2020-01-01T00:00:00Z')],
    ['it closes as it opens', 'closesAt', (e) => (e['closesAt'] = e['opensAt'])],
    ['a time has no zone', 'opensAt', (e) => (e['opensAt'] = '2026-01-01T00:00:00')],
    ['a time is not in UTC', 'opensAt', (e) => (e['opensAt'] = '2026-01-01T00:00:00+08:00')],
    ['a day does not exist', 'opensAt', (e) => (e['opensAt'] = '2026-02-30T00:00:00Z')],
    ['the time zone does not exist', 'timeZone', (e) => (e['timeZone'] = 'Asia/Atlantis')],
    ['two contests have one id', 'contests', (_e, motion, council) => (council['id'] = motion['id'])],
    ['it has no contest', 'contests', (e) => (e['contests'] = [])],
    ['two options have one id', 'contests.0.options', (_e, m) => (options(m)[1]['id'] = options(m)[0]['id'])],
    ['two options have one number', 'contests.0.options', (_e, m) => (options(m)[1]['number'] = 1)],
    ['a number is left out', 'contests.0.options', (_e, m) => (options(m)[1]['number'] = 3)],
    ['numbers begin with 0', 'contests.0.options.0.number', (_e, m) => (options(m)[0]['number'] = 0)],
    ['more may be chosen than there is', 'contests.0.maxChoices', (_e, m) => (m['maxChoices'] = 3)],
    ['more must be chosen than may be', 'contests.0.minChoices', (_e, m) => (m['minChoices'] = 2)],
    ['D’Hondt has no seats', 'contests.1.seats', (_e, _m, c) => delete c['seats']],
    ['a motion has no seat', 'contests.0.seats', (_e, m) => (m['seats'] = 0)],
    ['a motion has a threshold', 'contests.0.thresholdPercent', (_e, m) => (m['thresholdPercent'] = 5)],
    ['K is under 50 outside a rehearsal', 'minBatch', (e) => Object.assign(e, { rehearsal: false, minBatch: 49 })],
    ['K is none', 'minBatch', (e) => (e['minBatch'] = 0)],
    [
      'a way to verify is named twice',
      'verification.methods',
      (e) => (e['verification'] = { methods: ['code', 'code'] }),
    ],
    ['there is no way to verify', 'verification.methods', (e) => (e['verification'] = { methods: [] })],
    ['the scheme is unknown', 'identity.scheme', (e) => (e['identity'] = { scheme: 'passport' })],
    ['there is no title', 'title', (e) => (e['title'] = {})],
    ['a language is none', 'title.english language', (e) => (e['title'] = { 'english language': 'x' })],
    ['the id has a path in it', 'id', (e) => (e['id'] = '../roll')],
    ['an option id has a space', 'contests.0.options.0.id', (_e, m) => (options(m)[0]['id'] = 'y es')],
  ];
  test.each(rows)('A definition is rejected at the right place: %s', (_name, path, change) => {
    const { error } = electionDefinition.safeParse(changed(change));
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });

  test.each([
    ['election', '', (e: Json) => (e['closedAt'] = '2026-01-01T00:00:00Z')],
    ['identity', 'identity', (e: Json) => ((e['identity'] as Json)['schema'] = 'hkid')],
    ['verification', 'verification', (e: Json) => ((e['verification'] as Json)['method'] = 'code')],
    ['contest', 'contests.0', (_e: Json, m: Json) => (m['maxChoice'] = 2)],
    ['option', 'contests.0.options.0', (_e: Json, m: Json) => (options(m)[0]['titles'] = {})],
  ])('A definition is rejected when a field of its %s is misspelt', (_name, path, change) => {
    const { error } = electionDefinition.safeParse(changed(change));
    expect(error?.issues).toMatchObject([{ code: 'unrecognized_keys' }]);
    expect(error?.issues[0]?.path.join('.')).toBe(path);
  });
});

describe('The edges of K', () => {
  test.each([
    [true, 1, true],
    [true, 1_000, true],
    [true, 1_001, false],
    [false, 50, true],
    [false, 49, false],
  ])('A rehearsal %s with K = %i: %s', (rehearsal, minBatch, valid) => {
    const election = changed((e) => Object.assign(e, { rehearsal, minBatch }));
    expect(electionDefinition.safeParse(election).success).toBe(valid);
  });
});

describe('The published document', () => {
  const election = { ...shownElection(definition()), phase: 'open', revision: 1 };
  const signed = { kid: 'publisher-1', alg: 'EdDSA', value: 'A'.repeat(86) };

  test('A document is an election with its phase and revision, and nothing unsigned', () => {
    expect(publicElection.parse(election)).toEqual(election);
    expect(publicElection.safeParse({ ...election, minBatch: 50 }).success).toBe(false);
    expect(publicElection.safeParse({ ...election, revision: -1 }).success).toBe(false);
    expect(publicElection.safeParse({ ...election, phase: 'paused' }).success).toBe(false);
  });

  test.each([
    ['another algorithm', { ...signed, alg: 'none' }],
    ['a shorter value', { ...signed, value: 'A'.repeat(85) }],
    ['a longer value', { ...signed, value: 'A'.repeat(87) }],
    ['letters outside base64url', { ...signed, value: '+'.repeat(86) }],
  ])('A document carries no signature of %s', (_name, bad) => {
    expect(signature.safeParse(signed).success).toBe(true);
    expect(signature.safeParse(bad).success).toBe(false);
  });

  test('A publication has between one document and four', () => {
    const document = { election, signature: signed };
    expect(publication.safeParse({ documents: [document] }).success).toBe(true);
    expect(publication.safeParse({ documents: [] }).success).toBe(false);
    expect(publication.safeParse({ documents: Array(5).fill(document) }).success).toBe(false);
  });
});
