// The tampered elections themselves: each differs from a good one, and a verifier that is wrong does not pass.
import { describe, expect, test } from 'vitest';
import { logFiles } from '../../support/record/log-files.ts';
import { smallElection } from '../../support/record/small-elections.ts';
import { goodElections, tamperedElections } from '../../tampered/elections.ts';
import { fuzz } from '../../tampered/fuzz-verifiers.ts';
import { effectOf, isHarmless, mutated, mutationNumber } from '../../tampered/mutations.ts';
import { differencesOf, verifyEach } from '../../tampered/verifiers.ts';

const reportOf = (exit: number, reason?: string): string =>
  JSON.stringify({ steps: [], failures: reason === undefined ? [] : [{ step: 1, reason }], exit });
/** A verifier that says this of every election. */
const constant = (name: string, exit: number, text: string) => ({
  name,
  command: [process.execPath, '-e', `process.stdout.write(${JSON.stringify(text)}); process.exitCode = ${exit}`],
});

describe('The tampered elections', () => {
  test('Their numbers are those of stage 1, and the reason of each is one code', () => {
    const numbers = tamperedElections.map(({ number }) => number);
    const first = Array.from({ length: 18 }, (_, n) => String(n + 1));
    const others = '19a 19b 20 21 22 34 35 36a 36b 38 39 40 41a 41b 42';
    const repeated = '43a 43b 44a 44b 45a 45b 46a 46b 46c 47a 47b 47c 47d 48 49a 49b 49c 49d';
    expect(numbers).toEqual([...first, ...others.split(' '), ...repeated.split(' ')]);
    for (const { reason } of tamperedElections) expect(reason).toMatch(/^[a-z]+(-[a-z]+)+$|^turnout$|^opening$/);
  });

  test('Each is an election of its own, and made again it has the same files', () => {
    const forms = [...goodElections, ...tamperedElections].map(({ make }) => {
      const { served, ...beside } = make();
      return JSON.stringify([
        beside,
        [...served].map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')]),
      ]);
    });
    expect(new Set(forms).size).toBe(forms.length);
    const { served } = tamperedElections[0]!.make();
    expect(tamperedElections[0]!.make().served).toEqual(served);
  });
});

describe('A verifier that is wrong', () => {
  test('One that accepts every change of a byte is found, at the first change that matters', async () => {
    const { faults } = await fuzz([constant('careless', 0, reportOf(0))], 12);
    expect(faults.length).toBeGreaterThan(4);
    expect(faults[0]).toMatch(/accepted with 0/);
  });

  test('One that rejects for a file that is no evidence is found', async () => {
    const { faults, kinds } = await fuzz([constant('nervous', 1, reportOf(1, 'rolled-back'))], 12);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(fault).toMatch(/(?:checkpoints\/|find\/|client\.json).* rejected with 1/);
    expect(kinds.length).toBeGreaterThan(4);
  });

  test('Two that reject for different reasons disagree', async () => {
    const pair = [constant('a', 1, reportOf(1, 'tile-root')), constant('b', 1, reportOf(1, 'entry-leaf'))];
    const { faults } = await fuzz(pair, 1);
    expect(faults).toEqual([expect.stringMatching(/failures: .*tile-root.* · .*entry-leaf/)]);
  });

  test('One that writes no report is named', async () => {
    const [answer] = await verifyEach([constant('silent', 2, 'panic')], goodElections[0]!.make());
    expect(answer).toEqual(new Error('silent wrote no report, and ended with 2: panic'));
  });

  test('Reports of the same values in another form are not equal', () => {
    expect(differencesOf(['{"steps":[],"exit":1}', '{"steps":[],"exit": 1}'])).toEqual([
      'The same values in another form.',
    ]);
    expect(
      differencesOf(['{"steps":[{"step":3,"outcome":"passed"}]}', '{"steps":[{"step":3,"outcome":"failed"}]}']),
    ).toEqual(['step 3: passed · failed']);
  });
});

describe('A change of one byte', () => {
  const draft = smallElection({ id: 'fuzz-2024', online: 40, batches: [9, 6], steps: [20] });
  const files = logFiles(draft);
  const changed = (path: string, find: string, put: string): boolean => {
    const before = files.get(path)!;
    const text = Buffer.from(before).toString('latin1');
    expect(text).toContain(find);
    return isHarmless(draft, path, before, Buffer.from(text.replace(find, put), 'latin1'));
  };

  test('It is the same for the same number, and of every file in time', () => {
    const paths = new Set(Array.from({ length: 300 }, (_, n) => mutationNumber('one byte', n, files).path));
    expect(paths.size).toBe([...files.values()].filter(({ length }) => length > 0).length);
    const mutation = mutationNumber('one byte', 7, files);
    expect(mutationNumber('one byte', 7, files)).toEqual(mutation);
    const after = mutated(files, mutation);
    expect([...after].filter(([path, bytes]) => !Buffer.from(bytes).equals(files.get(path)!))).toHaveLength(1);
  });

  test('A list of leaves and the id of a signing key mislead no reader', () => {
    const effect = (path: string) => effectOf(draft, path, new Uint8Array(1), new Uint8Array(2));
    for (const path of ['served/find/0/all', 'served/client.json']) expect(effect(path)).toBe('unread');
    expect(changed('results.json', '"kid":"publisher', '"kid":"publisheR')).toBe(true);
  });

  test('A checkpoint that a watcher has says nothing, and a receipt or an opening misleads', () => {
    const effect = (path: string) => effectOf(draft, path, new Uint8Array(1), new Uint8Array(2));
    expect(effect('checkpoints/checkpoint-0')).toBe('unread');
    for (const path of ['receipt-0.json', 'openings', 'served/opening/000']) expect(effect(path)).toBe('misleading');
  });

  test('A signed value, its signature, a tile and an entry do', () => {
    expect(changed('results.json', '"votes":', '"Votes":')).toBe(false);
    expect(changed('results.json', '"value":"', '"value":"A')).toBe(false);
    expect(changed('closing.json', '"alg":"EdDSA"', '"alg":"EdDSB"')).toBe(false);
    expect(changed('closing.json', '{', '(')).toBe(false);
    expect(isHarmless(draft, 'tile/0/000.p/55', new Uint8Array(1), new Uint8Array(2))).toBe(false);
  });

  test('A checkpoint is harmless while it is signed and has its quorum', () => {
    const lines = Buffer.from(files.get('checkpoint')!).toString().split('\n');
    const without = (...names: string[]): Buffer =>
      Buffer.from(lines.filter((line) => !names.some((name) => line.startsWith(`— ${name}`))).join('\n'));
    const judge = (after: Buffer): boolean => isHarmless(draft, 'checkpoint', files.get('checkpoint')!, after);
    expect(judge(without())).toBe(true);
    expect(judge(without('w1'))).toBe(true);
    expect(judge(without('w1', 'w2'))).toBe(false);
    expect(judge(without('vote.example.org'))).toBe(false);
    expect(judge(Buffer.from(lines.join('\n').replace('\n55\n', '\n56\n')))).toBe(false);
  });
});
