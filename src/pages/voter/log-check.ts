// The public log of an election, as this page knows it: the code that the organiser announces, and the check of a receipt. It
// is a separate part of the script, loaded before a vote begins.
import { bytesOfBase64url, joinBytes } from '../../domain/record/bytes.ts';
import { entryOfReceipt } from '../../domain/record/election-log.ts';
import { entrySigningBytes } from '../../domain/record/entry.ts';
import { groupsOfHash, logOriginOf, manifestHashBytes } from '../../domain/record/manifest.ts';
import type { PublicElection } from '../../protocol/public-document.ts';
import type { Receipt } from '../../protocol/public-api.ts';
import type { ManifestDocument } from '../../protocol/record/manifest.ts';
import type { call } from '../shared/calls.ts';
import { canonicalJson } from '../shared/canonical-json.ts';
import { logTexts } from '../public/languages/log-texts.ts';
import type { VoterApp } from './app.ts';
import type { PageLog, StoredVote } from './memory.ts';
import type { button } from '../shared/dom.ts';

/** How long a browser has to save a file, in milliseconds. */
const fileMsMax = 60_000;

/** What a receipt must fit. `code` is shown to the voter. */
type ShownLog = PageLog & { readonly code: string };

/**
 * The log of the election that this page shows; null where the election has none. With other questions on the page than in
 * the manifest it is another log. Throws without an answer.
 */
async function readLog(get: typeof call, election: PublicElection): Promise<ShownLog | null> {
  const name = `${election.id}/${election.revision}`;
  const before = logs.get(name);
  if (before !== undefined) return before;
  const log = await fetchLog(get, election);
  logs.set(name, log);
  return log;
}

/** What was shown is what receipts are compared with. */
const logs = new Map<string, ShownLog | null>();

async function fetchLog(get: typeof call, { id, contests }: PublicElection): Promise<ShownLog | null> {
  const outcome = await get<ManifestDocument>('GET', `/v1/elections/${id}/manifest`);
  if (outcome.kind === 'rejection' && outcome.rejection.code === 'results-not-published') return null;
  if (outcome.kind !== 'answer') throw new Error('no manifest');
  const { manifest } = outcome.value;
  // An option may have been withdrawn since.
  const plain = contests.map((contest) => ({
    ...contest,
    options: contest.options.map(({ withdrawnAt: _later, ...option }) => option),
  }));
  const hash = await sha256(manifestHashBytes(canonicalJson({ ...manifest, contests: plain })));
  const { kid, x } = manifest.receipts;
  return { origin: logOriginOf(manifest.log.host, id, hash), kid, x, code: groupsOfHash(hash) };
}

/** Shows the code of the election, if it has a log and there is an answer. */
export async function showCode(
  place: HTMLElement,
  { language }: Pick<VoterApp, 'language'>,
  get: typeof call,
  election: PublicElection,
): Promise<void> {
  const log = await readLog(get, election).catch(() => null);
  if (log) place.append(`${logTexts[language].code} ${log.code}`);
}

/** The log that is kept for the receipt. Throws without an answer. */
export const keptLog = async (
  { log }: StoredVote,
  get: typeof call,
  election: PublicElection,
): Promise<StoredVote> => ({
  log: log ?? (await readLog(get, election)) ?? undefined,
});

/** Shows that a receipt does not fit, and a way to save what is kept of it. */
export function showEvidence(place: HTMLElement, app: VoterApp, act: typeof button): void {
  const { notConfirmed, notConfirmedText } = logTexts[app.language];
  const { electionId = '', evidence } = app.memory.vote;
  const title = document.createElement('h2');
  title.append(notConfirmed);
  const text = document.createElement('p');
  text.append(notConfirmedText);
  const save = (): void => {
    const file = new Blob([JSON.stringify(evidence)], { type: 'application/json' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = `evidence-${electionId}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), fileMsMax);
  };
  place.append(title, text, ...(app.kiosk ? [] : [act(app.t('save'), save, 'primary')]));
}

/** What is kept of a receipt that does not fit the vote; null where it fits. */
export async function evidenceAgainst(receipt: Receipt, vote: StoredVote): Promise<object | null> {
  if (await isConfirmed(receipt, vote)) return null;
  const { electionId, log, castTag } = vote;
  return { receipt, expected: { electionId, log, castTag }, at: new Date().toISOString() };
}

/** Whether a receipt is of this log, of this voter's cast, and signed by the key of the manifest. */
async function isConfirmed(receipt: Receipt, { log, castTag = '' }: StoredVote): Promise<boolean> {
  if (receipt.version === 1) return !log;
  if (receipt.origin !== log?.origin || receipt.kid !== log.kid || receipt.castTag !== castTag) return false;
  const [tag, content, signature] = [receipt.castTag, receipt.content, receipt.signature].map(bytesOfBase64url);
  if (!tag || !content || !signature) return false;
  const head = entryOfReceipt({ castTag: tag, content, signature });
  const signed = entrySigningBytes(await sha256(joinBytes(receipt.origin)), head);
  let key: CryptoKey;
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: log.x };
    key = await crypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['verify']);
  } catch {
    // A browser from before 2025 may not know Ed25519. The page that checks receipts says so.
    return true;
  }
  return crypto.subtle.verify('Ed25519', key, signature, new Uint8Array(signed));
}

const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
