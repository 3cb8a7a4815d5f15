// Elections with a public log on the public pages, with the files of their logs as `herald` writes them: one whose results are
// published, and one that is not complete.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sign } from 'node:crypto';
import { publicKeyBytes } from '../../../src/platform/keys/byte-signatures.ts';
import { signValue } from '../../../src/platform/keys/signatures.ts';
import type { Receipt } from '../../../src/protocol/public-api.ts';
import type { ElectionManifest } from '../../../src/protocol/record/manifest.ts';
import type { Publication } from '../../../src/protocol/record/publication.ts';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import { publicationOfResults, turnoutOf } from '../published.ts';
import { receiptOfBallot } from '../record/log-ballots.ts';
import { closingOf, resultsOfDraft } from '../record/log-draft.ts';
import type { LogDraft } from '../record/log-draft.ts';
import { logFiles } from '../record/log-files.ts';
import { seededBytes, seededLogKeys } from '../record/log-keys.ts';
import { batchElection, furtherBallot, openElection, smallElection } from '../record/small-elections.ts';
import { createPublicSite } from './public-site.ts';
import type { PublicSite } from './public-site.ts';

export type LoggedSite = PublicSite & {
  /** Results, a closing document, online and paper ballots. */
  readonly complete: LogDraft;
  /** Neither of them yet. */
  readonly incomplete: LogDraft;
  /** No witness watches its log. */
  readonly unwatched: LogDraft;
  /** Puts a file of a log in the place of another, or removes it. */
  setFile(draft: LogDraft, path: string, content: Uint8Array | string | null): void;
  /** The saved receipt of a ballot in the log, of one that is not there, and of version 1. */
  receiptAt(draft: LogDraft, index: number): string;
  furtherReceipt(draft: LogDraft): string;
  oldReceipt(electionId: string): string;
};

const keys = seededLogKeys('site');
const noWitnesses: Partial<ElectionManifest> = { witnesses: { quorum: 0, keys: [] } };

export async function createLoggedSite(): Promise<LoggedSite> {
  const logs = mkdtempSync(join(tmpdir(), 'popvote-logs-'));
  const { kid, key } = keys.receipts;
  const x = publicKeyBytes(key).toString('base64url');
  const site = await createPublicSite({ logs, receipts: [{ kty: 'OKP', crv: 'Ed25519', x, kid }] });
  const ownKeys = { ...keys, publisher: site.publisher };
  const [complete, incomplete, unwatched] = [
    smallElection(batchElection, ownKeys),
    smallElection(openElection, ownKeys),
    smallElection({ id: 'quiet-2024', online: 3, batches: [], changes: noWitnesses }, ownKeys),
  ] as const;
  const setFile: LoggedSite['setFile'] = ({ names }, path, content) => {
    const file = join(logs, names.electionId, names.manifestHash.toString('base64url'), path);
    mkdirSync(dirname(file), { recursive: true });
    if (content === null) rmSync(file);
    else writeFileSync(file, content);
  };
  for (const draft of [complete, incomplete, unwatched]) {
    for (const [path, bytes] of logFiles(draft)) {
      if (!path.endsWith('.json')) setFile(draft, path, bytes);
    }
    site.publish(draft.definition.id, publicationOfDraft(draft, draft === complete));
  }
  const saved = (draft: LogDraft, ballot: Parameters<typeof receiptOfBallot>[2]): string =>
    JSON.stringify({ receipt: receiptOfBallot(keys, draft.names, ballot) });
  return {
    ...site,
    complete,
    incomplete,
    unwatched,
    setFile,
    receiptAt: (draft, index) => saved(draft, draft.ballots[index]!),
    furtherReceipt: (draft) => saved(draft, furtherBallot(draft, keys, 1)),
    oldReceipt(electionId) {
      const leaf = seededBytes('a leaf of version 1');
      const signature = sign(null, Buffer.concat([Buffer.from('popvote/receipt/v1\0'), leaf]), key);
      const parts = { leaf: leaf.toString('base64url'), signature: signature.toString('base64url') };
      return JSON.stringify({ receipt: { version: 1, electionId, kid, ...parts } satisfies Receipt });
    },
    async [Symbol.asyncDispose]() {
      await site[Symbol.asyncDispose]();
      rmSync(logs, { recursive: true, force: true });
    },
  };
}

function publicationOfDraft(draft: LogDraft, isComplete: boolean): Publication {
  const { definition, manifest } = draft;
  const { publisher } = draft.keys;
  const document = { manifest, signature: signValue(publisher, manifest) };
  if (!isComplete) {
    const turnout = turnoutOf(definition.id, { online: draft.ballots.length });
    const signature = signValue(publisher, turnout);
    return { ...publicationOf(definition, publisher, 1), manifest: document, turnout: { turnout, signature } };
  }
  const closing = closingOf(draft);
  return {
    ...publicationOfResults(definition, resultsOfDraft(draft), publisher),
    manifest: document,
    closing: { closing, signature: signValue(publisher, closing) },
  };
}
