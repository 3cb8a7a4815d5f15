// Certifies that the data of an election is destroyed after its certification. What a program can see is checked again at that
// moment; what it cannot see is stated by the administrators. The signed certificate is stored once, and published with the
// documents of the election.
import { dayIn } from '../../../domain/time-zone.ts';
import { faultsOfDays } from '../../../domain/record/destruction-days.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { signValue } from '../../../platform/keys/signatures.ts';
import type { Logger } from '../../../platform/logger.ts';
import type { DestructionRequest, DestructionState } from '../../../protocol/control/destruction-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { instantOf } from '../../../protocol/public-values.ts';
import { destructionDocument } from '../../../protocol/record/destruction.ts';
import type { DestructionDocument } from '../../../protocol/record/destruction.ts';
import { findDestruction, storeDestruction } from '../../../store/elections/destruction.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import type { RecordHeads } from '../audit/record-heads.ts';
import type { Publishing } from '../publishing/publishing.ts';
import { storedManifest } from '../record/manifest.ts';
import type { PublisherOf } from '../record/manifest.ts';
import { publishedDocument } from '../results/publish-results.ts';
import type { PublishedDocumentParts } from '../results/publish-results.ts';
import { certificateOf } from './certificate.ts';
import type { DestroyedData, SharedKeyIds } from './certificate.ts';
import { findRemainingData } from './remaining-data.ts';
import type { RemainingData, RemainingParts } from './remaining-data.ts';

/** Most tries to sign documents while concurrent changes sign others. */
const triesMax = 5;

export type Destruction = {
  /** What is left, and the certificate. Throws `election-not-found`, and `results-not-counted` for a draft. */
  find(electionId: string): Promise<DestructionState>;
  /**
   * Throws what the act would throw: `conflict` while results are not published or data is left, `invalid-request` for days
   * that do not fit, and `busy` while it is unknown what is left.
   */
  judge(electionId: string, request: DestructionRequest): Promise<void>;
  /** Signs and publishes the certificate. Another call changes nothing. Throws like `judge`. */
  certify(caller: Caller, electionId: string, request: DestructionRequest): Promise<DestructionState>;
};

export type DestructionParts = RemainingParts &
  PublishedDocumentParts & {
    readonly audit: Audit;
    readonly publishing: Pick<Publishing, 'publish' | 'keep'>;
    readonly publisherOf: PublisherOf;
    readonly heads: Pick<RecordHeads, 'sign'>;
    /** The keys that elections share, as this process has them. */
    readonly keys: SharedKeyIds;
    readonly logger: Logger;
  };

export function createDestruction(parts: DestructionParts): Destruction {
  const { pool, audit, publishing, logger } = parts;
  const find: Destruction['find'] = async (electionId) =>
    stateOf(await findRemainingData(parts, electionId), await storedDocument(parts, electionId));
  return {
    find,
    async judge(electionId, request) {
      if ((await storedDocument(parts, electionId)) === null)
        requireDestroyed(await findRemainingData(parts, electionId), request);
    },
    async certify({ actor, request: requestId }, id, request) {
      const object = { kind: 'election', id } as const;
      const action = { actor, request: requestId, act: 'election.certify-destruction', object } as const;
      await audit.record(action, async () => {
        const isNew = (await findDestruction(pool, id)) === null;
        if (isNew) await storeCertificate(parts, actor, id, request);
        await publishing.publish(id);
        // If `ballots` is unavailable, the schedule sends it later.
        await publishing.keep(id).catch((error: unknown) => logger.warn({ err: error }, 'publication.not-kept'));
        return { result: undefined, ...(isNew && { changed: { destruction: { to: request } } }) };
      });
      return find(id);
    },
  };
}

const storedDocument = async ({ pool }: RemainingParts, id: string): Promise<DestructionDocument | null> =>
  destructionDocument.nullable().parse(await findDestruction(pool, id));

function stateOf(data: RemainingData, document: DestructionDocument | null): DestructionState {
  const { election, published, inUseUntilMs, keyId, remaining } = data;
  return {
    electionId: election.id,
    state: document ? 'certified' : openState(data, published !== null && election.nowMs > inUseUntilMs),
    inUseUntil: instantOf(inUseUntilMs),
    keyId,
    remaining,
    document,
  };
}

function openState({ published, remaining }: RemainingData, unused: boolean): DestructionState['state'] {
  if (published === null) return 'not-published';
  if (!unused) return 'in-use';
  return remaining.every(({ number }) => number === 0) ? 'ready' : 'remaining';
}

/** Throws unless the results are published, the days fit, and nothing is left. */
function requireDestroyed(data: RemainingData, request: DestructionRequest): DestroyedData {
  const { election, definition, published, inUseUntilMs, keyId, remaining } = data;
  if (published === null) throw new Problem('conflict', { detail: notPublished });
  if (election.nowMs <= inUseUntilMs) throw new Problem('conflict', { detail: inUse(instantOf(inUseUntilMs)) });
  const dayOf = (ms: number): string => dayIn(definition.timeZone, ms);
  const faults = faultsOfDays(request, { today: dayOf(election.nowMs), publishedOn: dayOf(published.atMs) });
  if (faults.length > 0) throw new Problem('invalid-request', { errors: faults });
  if (keyId === null || remaining.some(({ number }) => number === null))
    throw new Problem('busy', { ...retrySoon(), detail: unknown });
  const rest = remaining.filter(({ number }) => number !== 0).map(({ what, number }) => `${what}: ${number ?? ''}`);
  if (rest.length > 0) throw new Problem('conflict', { detail: dataLeft(rest.join(', ')) });
  return { ...data, published, keyId };
}

const notPublished =
  'The data of an election is destroyed after its newest results are published. Nothing was changed.';
const inUse = (until: string): string =>
  `Votes of this election may be sent again for their receipt until ${until}. Nothing was changed.`;
const unknown = '`ballots` or the control Redis does not say what is left. Try again when it is available.';
const dataLeft = (list: string): string =>
  `Data of this election is left: ${list}. deploy/runbooks/destroy-election-data.md says how to destroy it. Nothing was changed.`;

async function storeCertificate(
  parts: DestructionParts,
  actor: Caller['actor'],
  id: string,
  request: DestructionRequest,
): Promise<void> {
  const record = await parts.heads.sign();
  for (let tries = 0; tries < triesMax; tries += 1) {
    const data = requireDestroyed(await findRemainingData(parts, id), request);
    const { election } = data;
    const certificate = certificateOf(data, { actor, request, keys: parts.keys });
    const signer = parts.publisherOf(storedManifest(election.manifest));
    const destruction: DestructionDocument = {
      destruction: certificate,
      signature: signValue(signer, certificate),
      ...(record && { record }),
    };
    const { documents, documentsRevision: revision } = await publishedDocument(parts, election);
    if (await storeDestruction(parts.pool, { id, destruction, revision, documents })) return;
    if ((await findDestruction(parts.pool, id)) !== null) return;
  }
  throw new Problem('busy', retrySoon());
}
