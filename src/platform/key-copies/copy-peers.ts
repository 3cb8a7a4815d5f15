// The sending side of copies of keys: the other processes of the service, by the addresses of the configuration. A key is
// sealed only to what a process of the same service signed for this very request.
import { randomBytes } from 'node:crypto';
import { copiedFilesMax, copyAnswer, offerAnswer, wantedAnswer } from '../../protocol/key-copies.ts';
import type { CopiedFile, Offer } from '../../protocol/key-copies.ts';
import type { PrivateJwk } from '../../protocol/key-files.ts';
import type { Clock } from '../clock.ts';
import { createFaultLog } from '../fault-log.ts';
import { createSealer } from '../keys/sealed-boxes.ts';
import { signValue, valueIsSigned } from '../keys/signatures.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { createPrivateClient } from '../private-calls/private-calls.ts';
import type { PrivateClient } from '../private-calls/private-calls.ts';
import type { CallsTls } from '../private-calls/private-calls-tls.ts';
import { callerJwkOf } from './copy-callers.ts';
import { copyContext } from './copy-holder.ts';
import type { CopyFolder, CopyParty } from './copy-holder.ts';

/** Longest wait for one answer of another process, in milliseconds. */
const copyMsMax = 2_000;
/** Connections to each of them. */
const connectionsMax = 2;

export type CopyPeers = {
  /**
   * Copies these files to the other processes that lack them. Returns the number of other folders that have them all. Never
   * rejects. A file that is not here any more is not copied.
   */
  spread(names: readonly string[]): Promise<number>;
  /** Lets the other processes copy a file to those that lack it. Never rejects. */
  want(name: string): Promise<void>;
  close(): Promise<void>;
};

export type CopyPeersOptions = {
  readonly party: CopyParty;
  readonly jwk: PrivateJwk;
  readonly origins: readonly string[];
  readonly folder: Pick<CopyFolder, 'id' | 'read'>;
  readonly clock: Clock;
  readonly tls?: CallsTls | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

type Peer = { readonly origin: string; readonly client: PrivateClient };

export function createCopyPeers(options: CopyPeersOptions): CopyPeers {
  const { party, jwk, origins, folder, clock, tls, logger, metrics } = options;
  const { service } = party;
  const faults = createFaultLog(logger, 'warn');
  const caller = { name: service, jwk: callerJwkOf(service, jwk) };
  const peers = origins.map((origin): Peer => {
    const client = createPrivateClient({ origin, service, caller, clock, connectionsMax, tls, metrics });
    return { origin, client };
  });
  const attempt = async <Result>(peer: Peer, work: () => Promise<Result>): Promise<Result | null> => {
    try {
      const result = await work();
      faults.succeeded(peer.origin);
      return result;
    } catch (error) {
      faults.failed(peer.origin, error, 'key-copies.peer-failed', { peer: peer.origin });
      return null;
    }
  };
  const spreadSome = async (names: readonly string[]): Promise<ReadonlySet<string>> => {
    const folders = await Promise.all(
      peers.map((peer) => attempt(peer, () => copyTo(peer.client, party, folder, names))),
    );
    return new Set(folders.filter((id) => id !== null));
  };
  return {
    async spread(names) {
      if (peers.length === 0 || names.length === 0) return 0;
      let complete: readonly string[] | undefined;
      for (let at = 0; at < names.length; at += copiedFilesMax) {
        const holders = await spreadSome(names.slice(at, at + copiedFilesMax));
        complete = complete?.filter((id) => holders.has(id)) ?? [...holders];
      }
      const own = folder.id();
      return complete?.filter((id) => id !== own).length ?? 0;
    },
    async want(name) {
      const request = { method: 'POST', path: '/private/key-copies/wanted', body: { name } } as const;
      await Promise.all(
        peers.map((peer) =>
          attempt(peer, () => peer.client.call({ ...request, answer: wantedAnswer, msMax: copyMsMax })),
        ),
      );
    },
    async close() {
      await Promise.all(peers.map(({ client }) => client.close()));
    },
  };
}

/** Copies to one process what it lacks. Returns the name of its folder if that then has all of it, otherwise null. */
async function copyTo(
  client: PrivateClient,
  party: CopyParty,
  folder: Pick<CopyFolder, 'read'>,
  names: readonly string[],
): Promise<string | null> {
  const offer = await offerOf(client, party, names);
  const files = offer.missing.flatMap((name): CopiedFile[] => {
    const text = names.includes(name) ? folder.read(name) : null;
    return text === null ? [] : [{ name, text }];
  });
  if (files.length < offer.missing.length) return null;
  if (files.length === 0) return offer.folder;
  const to = { epoch: Buffer.from(offer.id, 'base64url'), publicKey: Buffer.from(offer.publicKey, 'base64url') };
  const sealed = createSealer(to).seal(Buffer.from(JSON.stringify(files)), copyContext(party.service));
  const copy = {
    version: 'popvote/key-copy/v1',
    service: party.service,
    id: offer.id,
    sealed: sealed.toString('base64url'),
  };
  const { stored, signature } = await client.call({
    method: 'POST',
    path: '/private/key-copies',
    body: { copy, signature: signValue(party.identity, copy) },
    answer: copyAnswer,
    msMax: copyMsMax,
  });
  const isOurs = stored.service === party.service && stored.id === offer.id && stored.folder === offer.folder;
  if (isOurs && valueIsSigned(party.signers, stored, signature)) return stored.folder;
  throw new Error('The acknowledgement of a key copy is not signed for it.');
}

async function offerOf(client: PrivateClient, party: CopyParty, names: readonly string[]): Promise<Offer> {
  const nonce = randomBytes(32).toString('base64url');
  const { offer, signature } = await client.call({
    method: 'POST',
    path: '/private/key-copies/offers',
    body: { nonce, names },
    answer: offerAnswer,
    msMax: copyMsMax,
  });
  const isOurs = offer.service === party.service && offer.nonce === nonce;
  if (isOurs && valueIsSigned(party.signers, offer, signature)) return offer;
  throw new Error('The offer for a key copy is not signed for this request.');
}
