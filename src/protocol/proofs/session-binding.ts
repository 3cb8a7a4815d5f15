// What a proof of the phone is good for: one session of one voter with one ballot key, and nothing else. `api` and `ballots`
// compute the same binding, and `sms` makes codes for it.
import { castTagPrefix } from '../../domain/cast-tag.ts';

export type BoundSession = {
  readonly electionId: string;
  readonly identity: string;
  readonly phoneKey: string;
  readonly castTag: string;
  readonly sid: string;
};

/** The bytes of a castTag, before they are hashed. */
export function castTagBytes(ballotKey: string): Buffer {
  return Buffer.concat([Buffer.from(castTagPrefix, 'latin1'), Buffer.from(ballotKey, 'base64url')]);
}

/** The bytes of the binding, before they are hashed. Every part has a fixed size, and the id has its length before it. */
export function bindingBytes({ electionId, identity, phoneKey, castTag, sid }: BoundSession): Buffer {
  const id = Buffer.from(electionId, 'ascii');
  return Buffer.concat([
    Buffer.from('popvote/session/v2\0', 'latin1'),
    Buffer.from([id.length]),
    id,
    ...[identity, phoneKey, castTag, sid].map((part) => Buffer.from(part, 'base64url')),
  ]);
}
