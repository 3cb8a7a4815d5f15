// The checkpoint that the pages name: it is verified, it counts the witnesses of the manifest, and it is read again after a moment.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeCheckpoint } from '../../../../src/domain/record/checkpoint.ts';
import { encodeNote } from '../../../../src/domain/record/note.ts';
import type { PublicLog } from '../../../../src/pages/public/log-part.ts';
import { createCheckpoints } from '../../../../src/services/api/documents/checkpoints.ts';
import { checkpointNote, checkpointOf, logLine, witnessLine } from '../../../support/record/log-files.ts';
import { seededKey, seededLogKeys } from '../../../support/record/log-keys.ts';
import { openElection, smallElection } from '../../../support/record/small-elections.ts';

const draft = smallElection(openElection);
const { keys, names, manifest } = draft;
const log: PublicLog = { origin: names.origin, hash: names.manifestHash.toString('base64url'), manifest };
const directory = mkdtempSync(join(tmpdir(), 'popvote-checkpoints-'));
const folder = join(directory, names.electionId, log.hash);
mkdirSync(folder, { recursive: true });
afterAll(() => rmSync(directory, { recursive: true }));

let nowMs = Date.parse('2026-01-01T00:00:00Z');
const read = createCheckpoints(directory, () => nowMs);
const text = encodeCheckpoint(checkpointOf(draft));
const [first, second] = keys.witnesses;
const ofAnother = { ...checkpointOf(draft), origin: 'a/log/b/c' };

/** What is named a moment after this note was written. */
function shownAfter(note: string | Uint8Array) {
  writeFileSync(join(folder, 'checkpoint'), note);
  nowMs += 2_000;
  return read(names.electionId, log);
}

test('A checkpoint is named with the witnesses that saw it, and when the last one did', () => {
  const lines = [
    logLine(keys.log, names.origin, text),
    witnessLine(first!, text, 1_000),
    witnessLine(second!, text, 2_000),
  ];
  expect(shownAfter(encodeNote({ text, signatures: lines }))).toEqual({
    size: 100,
    root: new Uint8Array(checkpointOf(draft).root),
    seen: 2,
    seenAt: '1970-01-01T00:33:20.000Z',
  });
  const unseen = shownAfter(encodeNote({ text, signatures: lines.slice(0, 1) }));
  expect(unseen).toMatchObject({ size: 100, seen: 0, seenAt: null });
});

test('Neither a stranger nor a witness that dates ahead nor one twice is counted', () => {
  const ahead = nowMs / 1_000 + 7_200;
  const signatures = [
    logLine(keys.log, names.origin, text),
    witnessLine({ name: first!.name, key: seededKey('stranger') }, text),
    witnessLine({ name: 'stranger.example/w', key: seededKey('stranger') }, text),
    witnessLine(second!, text, ahead),
    witnessLine(keys.witnesses[2]!, text),
    witnessLine(keys.witnesses[2]!, text),
  ];
  expect(shownAfter(encodeNote({ text, signatures }))).toMatchObject({ seen: 1 });
});

test.each<readonly [what: string, note: string | Uint8Array]>([
  ['of another key', checkpointNote(seededLogKeys('other'), checkpointOf(draft), keys.witnesses)],
  ['of another log', checkpointNote(keys, ofAnother, keys.witnesses)],
  ['of another log in the name of this one', checkpointNote(keys, ofAnother, keys.witnesses, names.origin)],
  ['that is no note', 'hello'],
  ['that is no text', Buffer.from([255, 0, 254])],
  ['that is too large', 'x'.repeat(70_000)],
  ['that is empty', ''],
])('A checkpoint %s is not named', (_what, note) => {
  expect(shownAfter(checkpointNote(keys, checkpointOf(draft), keys.witnesses))).not.toBeNull();
  expect(shownAfter(note)).toBeNull();
});

test('A file is read again after two seconds, and one that is lost is named no more', () => {
  const noteOf = (size: number): string => checkpointNote(keys, checkpointOf(draft, size), []);
  expect(shownAfter(noteOf(50))).toMatchObject({ size: 50 });
  writeFileSync(join(folder, 'checkpoint'), noteOf(100));
  nowMs += 1_999;
  expect(read(names.electionId, log)).toMatchObject({ size: 50 });
  nowMs += 1;
  expect(read(names.electionId, log)).toMatchObject({ size: 100 });
  rmSync(join(folder, 'checkpoint'));
  nowMs += 2_000;
  expect(read(names.electionId, log)).toBeNull();
  expect(createCheckpoints(undefined, () => nowMs)(names.electionId, log), 'no folder').toBeNull();
});
