// Entries of the log, and the names that an election's log has.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  batchTagBytes,
  commitmentBytes,
  commitmentOf,
  decodeEntry,
  encodeEntry,
  entryBytes,
  entrySigningBytes,
  participantBytes,
  signEntry,
} from '../../../../src/domain/record/entry.ts';
import { groupsOfHash, manifestHashBytes, logOriginOf, readOrigin } from '../../../../src/domain/record/manifest.ts';
import { sha256 } from '../../../../src/platform/content-hash.ts';
import {
  byteSigner,
  bytesAreSigned,
  publicKeyBytes,
  publicKeyOfBytes,
} from '../../../../src/platform/keys/byte-signatures.ts';

const head = { kind: 0, channel: 1, castTag: new Uint8Array(32).fill(1), content: new Uint8Array(32).fill(2) } as const;
const originHash = sha256(Buffer.from('vote.example.org/log/a/b'));
const { privateKey, publicKey } = generateKeyPairSync('ed25519');

describe('An entry', () => {
  test('It has 131 bytes in the order of the specification, and is read back', () => {
    const entry = signEntry(byteSigner(privateKey), originHash, head);
    const bytes = encodeEntry(entry);
    expect(bytes).toHaveLength(entryBytes);
    expect(entryBytes).toBe(131);
    const expected = Buffer.concat([Buffer.of(2, 0, 1), head.castTag, head.content, entry.signature]);
    expect(Buffer.from(bytes)).toEqual(expected);
    expect(decodeEntry(bytes)).toEqual({ ...entry, signature: Uint8Array.from(entry.signature) });
  });

  test.each([
    ['another version', 0, 1],
    ['a kind that is not known', 1, 3],
    ['no channel', 2, 0],
    ['a channel that is not known', 2, 3],
  ])('Bytes with %s are no entry', (_what, at, value) => {
    const bytes = encodeEntry(signEntry(byteSigner(privateKey), originHash, head));
    bytes[at] = value;
    expect(decodeEntry(bytes)).toBeNull();
  });

  test('One byte more or less is no entry, and a hash of another size is a fault', () => {
    const bytes = encodeEntry(signEntry(byteSigner(privateKey), originHash, head));
    expect(decodeEntry(bytes.subarray(1))).toBeNull();
    expect(decodeEntry(Buffer.concat([bytes, Buffer.of(0)]))).toBeNull();
    expect(() => signEntry(byteSigner(privateKey), originHash, { ...head, content: new Uint8Array(31) })).toThrow();
    expect(() => encodeEntry({ ...head, signature: new Uint8Array(63) })).toThrow();
  });

  test('The signature is over the prefix, the hash of the origin and the 67 bytes before it', () => {
    const { signature } = signEntry(byteSigner(privateKey), originHash, head);
    const signed = Buffer.concat([
      Buffer.from('popvote/receipt/v2\0'),
      originHash,
      Buffer.of(2, 0, 1),
      head.castTag,
      head.content,
    ]);
    expect(Buffer.from(entrySigningBytes(originHash, head))).toEqual(signed);
    const key = publicKeyOfBytes(publicKeyBytes(privateKey));
    expect(publicKeyBytes(publicKey)).toEqual(publicKeyBytes(privateKey));
    expect(bytesAreSigned(key, signed, signature)).toBe(true);
    expect(bytesAreSigned(key, signed.subarray(1), signature)).toBe(false);
    expect(bytesAreSigned(key, signed, signature.subarray(1))).toBe(false);
  });

  test('Commitment, batch tag and participant are behind prefixes of their own', () => {
    const [m, tracker, ballot] = [1, 2, 3].map((value) => Buffer.alloc(32, value)) as [Buffer, Buffer, Buffer];
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
    expect(text(commitmentBytes(m, tracker, ballot))).toBe(
      `popvote/commitment/v2\0${text(m)}${text(tracker)}${text(ballot)}`,
    );
    expect(text(batchTagBytes(m, tracker))).toBe(`popvote/batch-tag/v2\0${text(m)}${text(tracker)}`);
    expect(text(participantBytes(tracker))).toBe(`popvote/participant/v2\0${text(tracker)}`);
    const ballotText = '{"contests":[]}';
    const content = commitmentOf(sha256, m, tracker, ballotText);
    expect(content).toEqual(sha256(commitmentBytes(m, tracker, sha256(Buffer.from(ballotText)))));
  });
});

describe('The names of a log', () => {
  const manifestHash = sha256(manifestHashBytes('{}'));

  test('The origin has host, election and hash, and is read back', () => {
    expect(manifestHash).toEqual(sha256(Buffer.from('popvote/manifest/v1\0{}')));
    const origin = logOriginOf('vote.example.org:8443', 'library-2026', manifestHash);
    expect(origin).toBe(`vote.example.org:8443/log/library-2026/${manifestHash.toString('base64url')}`);
    expect(readOrigin(origin)).toEqual({
      host: 'vote.example.org:8443',
      electionId: 'library-2026',
      manifestHash: Uint8Array.from(manifestHash),
    });
    for (const wrong of ['', origin.slice(0, -1), `${origin}/`, `https://${origin}`, origin.replace('/log/', '/lag/')])
      expect(readOrigin(wrong)).toBeNull();
  });

  test('The hash is compared as 64 digits in groups of four', () => {
    const groups = groupsOfHash(manifestHash);
    expect(groups).toMatch(/^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
    expect(groups.replaceAll(' ', '')).toBe(manifestHash.toString('hex'));
  });
});
