// Publishes results. They are signed here and stored in one transaction with the action. Redis and `ballots` get them
// afterwards, or from the schedule after a failure. Repeating the action changes nothing and publishes the same bytes.
import { signValue } from '../../../platform/keys/signatures.ts';
import type { SigningKey } from '../../../platform/keys/signatures.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { Logger } from '../../../platform/logger.ts';
import { participationMark } from '../../../protocol/proofs/participation-mark.ts';
import { Problem } from '../../../protocol/problem.ts';
import {
  electionDefinition,
  publicationCharactersMax,
  shownElection,
  turnoutDocument,
} from '../../../protocol/public-document.ts';
import type { PublicElection, TurnoutDocument } from '../../../protocol/public-document.ts';
import type { ResultsBody, TurnoutBody } from '../../../protocol/public-results.ts';
import type { PublishRequest } from '../../../protocol/control/results-api.ts';
import type { Pool } from '../../../store/database.ts';
import { findKeptMark } from '../../../store/elections/kept-marks.ts';
import { findLifecycle, storeTurnout } from '../../../store/elections/lifecycle.ts';
import type { StoredLifecycle } from '../../../store/elections/lifecycle.ts';
import { publishResult } from '../../../store/elections/results.ts';
import type { Outgoing, StoredResult } from '../../../store/elections/results.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import type { RecordHeads } from '../audit/record-heads.ts';
import type { Publishing } from '../publishing/publishing.ts';
import { storedManifest } from '../record/manifest.ts';
import type { PublisherOf } from '../record/manifest.ts';
import type { FinalWitnesses } from '../record/published-log.ts';
import { missingWitnesses } from './missing-witnesses.ts';
import { openTies } from './results-body.ts';
import { storedActor, bodyOf, newestResult } from './results-view.ts';

/** Most tries to sign documents while concurrent changes sign others. */
const triesMax = 5;
/** Space for the signed turnout and field names, beside documents and results, in characters. */
const restCharactersMax = 10_000;

/**
 * Publishes the newest results. Throws `election-not-found`, `results-not-counted`, `tie-open`, `not-witnessed`, `busy`, and `conflict`
 * for another revision or results above `publicationCharactersMax`.
 */
export type PublishResults = (caller: Caller, electionId: string, request: PublishRequest) => Promise<void>;

export type PublishedDocumentParts = {
  readonly publishing: Pick<Publishing, 'shownRevision'>;
  readonly publisher: SigningKey;
};

type Parts = PublishedDocumentParts & {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly publishing: Pick<Publishing, 'publish' | 'keep'>;
  readonly publisherOf: PublisherOf;
  readonly finalWitnesses: FinalWitnesses;
  readonly heads: Pick<RecordHeads, 'sign'>;
  readonly logger: Logger;
};

export function createPublishResults(parts: Parts): PublishResults {
  const { pool, audit, publishing, logger } = parts;
  return async ({ actor, request }, id, options) => {
    const { withoutWitnesses: reason } = options;
    const object = { kind: 'election', id } as const;
    const action = {
      actor,
      request,
      act: 'election.publish',
      object,
      ...(reason !== undefined && { reason }),
    } as const;
    await audit.record(action, async () => {
      const newest = await newestResult(pool, id);
      const { revision, publishedRevision } = newest;
      if (options.revision !== undefined && options.revision !== revision)
        throw new Problem('conflict', { detail: newer });
      const isNew = newest.publishedAtMs === null;
      const missing = isNew ? await missingWitnesses(parts, id, options) : null;
      if (isNew) {
        rejectOpenTies(bodyOf(newest), options);
        await finalTurnout(parts, id, bodyOf(newest));
        await storePublication(parts, id, newest, storedActor(actor));
      }
      await publishing.publish(id);
      // If `ballots` is unavailable, the schedule sends it later.
      await publishing.keep(id).catch((error: unknown) => logger.warn({ err: error }, 'publication.not-kept'));
      const published = { from: publishedRevision, to: revision };
      const changed = { publishedRevision: published, ...(missing && { witnesses: { to: missing } }) };
      return { result: undefined, ...(isNew && { changed }) };
    });
  };
}

const newer = 'There is a newer revision of the results. GET the results and try again.';

function rejectOpenTies(results: ResultsBody, { acceptOpenTies }: PublishRequest): void {
  const open = openTies(results);
  if (open.length === 0 || acceptOpenTies) return;
  throw new Problem('tie-open', {
    errors: open.map((contestId) => ({ path: `contests/${contestId}`, detail: tieText(results, contestId) })),
  });
}

function tieText(results: ResultsBody, contestId: string): string {
  const { tie } = results.contests.find((contest) => contest.contestId === contestId) ?? {};
  return `${tie?.seatsLeft ?? 0} to be decided among ${tie?.tied.length ?? 0} tied options: ${(tie?.tied ?? []).join(', ')}.`;
}

/** Stores a final turnout with the numbers of the results. An existing final turnout is not changed. */
async function finalTurnout({ pool, publisher }: Parts, id: string, { turnout }: ResultsBody): Promise<void> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const election = await findLifecycle(pool, id);
    if (!election) throw new Problem('election-not-found');
    if (turnoutDocument.safeParse(election.turnout).data?.turnout.final === true) return;
    const revision = election.turnoutRevision + 1;
    const countedAt = new Date(election.nowMs).toISOString();
    const mark = participationMark.nullable().parse(await findKeptMark(pool, id));
    const body: TurnoutBody = { electionId: id, revision, countedAt, final: true, ...turnout, ...(mark && { mark }) };
    const document: TurnoutDocument = { turnout: body, signature: signValue(publisher, body) };
    if (await storeTurnout(pool, id, revision, document)) return;
  }
  throw new Problem('busy', retrySoon());
}

async function storePublication(parts: Parts, id: string, newest: StoredResult, by: string): Promise<void> {
  const results = bodyOf(newest);
  // The acts up to here, such as the count, are bound to what is published.
  const record = await parts.heads.sign();
  for (let tries = 0; tries < triesMax; tries += 1) {
    const election = await findLifecycle(parts.pool, id);
    if (!election) throw new Problem('election-not-found');
    const signer = parts.publisherOf(storedManifest(election.manifest));
    const signed = { results, signature: signValue(signer, results), ...(record && { record }) };
    const outgoing = { revision: newest.revision, signed, ...(await publishedDocument(parts, election)) };
    rejectTooLarge(outgoing);
    const outcome = await publishResult(parts.pool, id, outgoing, by);
    if (outcome === 'published' || outcome === 'already') return;
    if (outcome === 'not-found') throw new Problem('election-not-found');
    if (outcome === 'state') throw new Problem('results-not-counted');
    if ((await newestResult(parts.pool, id)).revision !== newest.revision) {
      throw new Problem('conflict', { detail: newer });
    }
  }
  throw new Problem('busy', retrySoon());
}

/** The document of an election whose results are published, signed again. */
// The revision is above every signed revision, also above those in Redis that a restored database has lost.
export async function publishedDocument(
  { publisher, publishing }: PublishedDocumentParts,
  { id, revision, announced }: StoredLifecycle,
): Promise<Pick<Outgoing, 'documents' | 'documentsRevision'>> {
  const documentsRevision = Math.max(revision, await publishing.shownRevision(id)) + 1;
  const body = shownElection(electionDefinition.parse(announced));
  const election: PublicElection = { ...body, phase: 'published', revision: documentsRevision };
  return { documents: [{ election, signature: signValue(publisher, election) }], documentsRevision };
}

function rejectTooLarge({ signed, documents }: Outgoing): void {
  const characters = JSON.stringify(signed).length + JSON.stringify(documents).length + restCharactersMax;
  if (characters <= publicationCharactersMax) return;
  throw new Problem('conflict', {
    detail: `The results have ${characters} characters. The limit is ${publicationCharactersMax}. Nothing was published.`,
  });
}
