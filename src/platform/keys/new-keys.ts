// Creates the key files of all services. Keys that two services share are created once, here. The trust model depends
// on which service holds which key, so keys are distributed nowhere else.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
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

/** 32 random bytes in base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

export function newRing(kid = randomBytes(4).toString('hex')): KeyRing {
  return [{ kid, key: newSecret() }];
}

export function newSigningJwk(kid: string): PrivateJwk {
  const { kty, crv, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  if (kty !== 'OKP' || crv !== 'Ed25519' || !x || !d) throw new Error('Node made a key of another kind.');
  return { kty, crv, x, d, kid };
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
