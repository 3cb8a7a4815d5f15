// Signed notes, against the published example of golang.org/x/mod/sumdb/note, and what is no note.
import { describe, expect, test } from 'vitest';
import { base64Of } from '../../../../src/domain/record/bytes.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../../../src/domain/record/checkpoint.ts';
import {
  cosignedBytes,
  decodeCosignature,
  decodeNote,
  decodeNoteKey,
  encodeCosignature,
  encodeNote,
  encodeNoteKey,
  noteCharactersMax,
  noteKeyId,
  noteKeyTypes,
  noteLine,
  noteSignaturesMax,
} from '../../../../src/domain/record/note.ts';
import { sha256 } from '../../../../src/platform/content-hash.ts';
import { bytesAreSigned, publicKeyOfBytes } from '../../../../src/platform/keys/byte-signatures.ts';

const exampleKey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const example = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

describe('A signed note', () => {
  test('The published example is read, its key id agrees and its signature verifies', () => {
    const note = decodeNote(example)!;
    const key = decodeNoteKey(sha256, exampleKey)!;
    expect(note.signatures).toHaveLength(1);
    const [{ name, keyId, signature }] = note.signatures as [(typeof note.signatures)[number]];
    expect(name).toBe('PeterNeumann');
    expect(Buffer.from(keyId)).toEqual(Buffer.from(noteKeyId(sha256, key)));
    expect(bytesAreSigned(publicKeyOfBytes(key.publicKey), Buffer.from(note.text), signature)).toBe(true);
    expect(encodeNote(note)).toBe(example);
    expect(encodeNoteKey(sha256, key)).toBe(exampleKey);
  });

  test('The last empty line separates the text, which may have others', () => {
    const note = {
      text: 'a\n\nb\n',
      signatures: [{ name: 'x', keyId: new Uint8Array(4), signature: new Uint8Array(1) }],
    };
    expect(decodeNote(encodeNote(note))).toEqual(note);
  });

  test.each([
    ['without a signature', 'text\n\n'],
    ['without an empty line', example.replace('\n\n', '\n')],
    ['without its last line feed', example.slice(0, -1)],
    ['with a carriage return', example.replaceAll('\n', '\r\n')],
    ['with a hyphen for the dash', example.replace('—', '-')],
    ['with a plus in a name', example.replace('— Peter', '— Pe+er')],
    ['with a space of Unicode in a name', example.replace('— Peter', '— Pe\u00a0er')],
    ['with base64 that is not canonical', example.replace('JnAM=', 'JnAN=')],
    ['with base64 without padding', example.replace('JnAM=', 'JnAM')],
    ['with a signature of no bytes', 'text\n\n— name AAAAAA==\n'],
    ['with something behind a signature', example.replace('JnAM=', 'JnAM= x')],
  ])('A text %s is no note', (_what, text) => {
    expect(text).not.toBe(example);
    expect(decodeNote(text)).toBeNull();
  });

  test('A note at its bounds is read, and one beyond them is not', () => {
    const line = noteLine({ name: 'x', keyId: new Uint8Array(4), signature: new Uint8Array(64) });
    expect(decodeNote(`text\n\n${line.repeat(noteSignaturesMax)}`)?.signatures).toHaveLength(noteSignaturesMax);
    expect(decodeNote(`text\n\n${line.repeat(noteSignaturesMax + 1)}`)).toBeNull();
    const text = 'x'.repeat(noteCharactersMax - line.length - 2);
    expect(decodeNote(`${text}\n\n${line}`)).not.toBeNull();
    expect(decodeNote(`x${text}\n\n${line}`)).toBeNull();
  });

  test('A key with a wrong id, type or size is not read', () => {
    expect(decodeNoteKey(sha256, exampleKey.replace('c74f20a3', 'c74f20a4'))).toBeNull();
    expect(decodeNoteKey(sha256, exampleKey.replace('+AR', '+Ax'))).toBeNull();
    expect(decodeNoteKey(sha256, exampleKey.slice(0, -4))).toBeNull();
    expect(decodeNoteKey(sha256, 'PeterNeumann')).toBeNull();
  });
});

describe('A cosignature', () => {
  test('It is over the header, the time and the text, and carries the time', () => {
    const bytes = cosignedBytes(
      1_679_315_147,
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    );
    expect(Buffer.from(bytes).toString()).toBe(
      'cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    );
    const signature = new Uint8Array(64).fill(5);
    expect(decodeCosignature(encodeCosignature(1_679_315_147, signature))).toEqual({ time: 1_679_315_147, signature });
    expect(decodeCosignature(new Uint8Array(71))).toBeNull();
    expect(decodeCosignature(new Uint8Array(72).fill(255))).toBeNull();
  });

  test('A witness key has a type of its own, and thus another id', () => {
    const publicKey = new Uint8Array(32).fill(1);
    const ids = Object.values(noteKeyTypes).map((type) =>
      base64Of(noteKeyId(sha256, { name: 'w1.example.net/popvote', type, publicKey })),
    );
    expect(new Set(ids).size).toBe(2);
  });
});

describe('A checkpoint', () => {
  const checkpoint = { origin: 'example.com/behind-the-sofa', size: 20_852_163, root: new Uint8Array(32).fill(10) };
  const text = encodeCheckpoint(checkpoint);

  test('It has three lines and is read back', () => {
    expect(text).toBe(`example.com/behind-the-sofa\n20852163\n${base64Of(checkpoint.root)}\n`);
    expect(decodeCheckpoint(text)).toEqual(checkpoint);
    expect(decodeCheckpoint(encodeCheckpoint({ ...checkpoint, size: 0 }))?.size).toBe(0);
  });

  test.each([
    ['a size with a zero before it', text.replace('2085', '02085')],
    ['a size that is too large', text.replace('20852163', '9007199254740992')],
    ['a size with a sign', text.replace('2085', '+2085')],
    ['no origin', text.replace('example.com/behind-the-sofa', '')],
    ['a shorter root', text.replace('CgoK', '')],
    ['a line more', `${text}extension\n`],
    ['no last line feed', text.slice(0, -1)],
  ])('A text with %s is no checkpoint', (_what, wrong) => {
    expect(wrong).not.toBe(text);
    expect(decodeCheckpoint(wrong)).toBeNull();
  });
});
