// Creates the key files of all services. Keys that two services share are created once, here. The trust model depends
// on which service holds which key, so keys are distributed nowhere else.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { publicKeyBytes } from './byte-signatures.ts';
import { firstKeyId } from '../../protocol/key-files.ts';
import type {
  AccessKeys,
  ApiKeys,
  BallotsKeys,
  ElectionsKeys,
  KeyRing,
  LogKeys,
  MixerKeys,
  OfficialsKeys,
  PrivateJwk,
  PublicJwk,
  PublicKeys,
  SmsKeys,
  WorkerKeys,
} from '../../protocol/key-files.ts';

export type KeyFiles = {
  readonly api: ApiKeys;
  readonly sms: SmsKeys;
  readonly ballots: BallotsKeys;
  readonly mixer: MixerKeys;
  readonly log: LogKeys;
  readonly elections: ElectionsKeys;
  readonly access: AccessKeys;
  readonly officials: OfficialsKeys;
  readonly worker: WorkerKeys;
  readonly public: PublicKeys;
};

/** Of an Ed25519 key. */
const privateKeyBytes = 32;

/** 32 random bytes in base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

export function newRing(kid = randomBytes(4).toString('hex')): KeyRing {
  return [{ kid, key: newSecret() }];
}

/**
 * A new Ed25519 key. Not by Node's export as JWK: in Node 20 it holds the lock of the key, and a garbage collection meanwhile, of what
 * made the key, waits for that lock for ever.
 */
export function newSigningJwk(kid: string): PrivateJwk {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  // The private key is the end of its PKCS #8 form (RFC 8410).
  const d = privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-privateKeyBytes);
  const x = publicKeyBytes(publicKey);
  return { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url'), d: d.toString('base64url'), kid };
}

export function publicJwk({ kty, crv, x, kid }: PrivateJwk): PublicJwk {
  return { kty, crv, x, kid };
}

/** The file of `access`, which shares no key with any other service. */
export function newAccessKeys(): AccessKeys {
  return {
    tokens: [newSigningJwk(`access-${randomBytes(4).toString('hex')}`)],
    secrets: newRing(),
    refresh: newRing(firstKeyId),
    identity: newRing(firstKeyId),
    limits: newSecret(),
  };
}

export function newKeyFiles(): KeyFiles {
  const phone = newRing(firstKeyId);
  const identity = newRing(firstKeyId);
  const attestations = newRing();
  const codes = newRing();
  const dated = (name: string): string => `${name}-${randomBytes(4).toString('hex')}`;
  const callers = {
    api: newSigningJwk('api'),
    elections: newSigningJwk('elections'),
    officials: newSigningJwk('officials'),
  };
  const publisher = newSigningJwk(dated('publisher'));
  const receipts = newSigningJwk(dated('receipt'));
  const mixer = newSigningJwk(dated('mixer'));
  const batches = newSigningJwk(dated('batches'));
  const checkpoints = newSigningJwk(dated('log'));
  const deposits = newSigningJwk(dated('deposits'));
  return {
    api: { tokens: newRing(), identity, phone, limits: newSecret(), caller: callers.api },
    sms: { challenges: newRing(), phone, attestations, codes, limits: newSecret() },
    ballots: { attestations, codes, receipts },
    mixer: { identity: mixer },
    log: { checkpoints },
    elections: { caller: callers.elections, publisher, identity, phone: [{ kid: firstKeyId }] },
    access: newAccessKeys(),
    officials: { caller: callers.officials, batches },
    worker: { deposits },
    public: {
      callers: Object.values(callers).map(publicJwk),
      publishers: [publicJwk(publisher)],
      receipts: [publicJwk(receipts)],
      mixers: [publicJwk(mixer)],
      batches: [publicJwk(batches)],
      logs: [publicJwk(checkpoints)],
      deposits: [publicJwk(deposits)],
    },
  };
}
