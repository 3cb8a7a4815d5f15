// The public log of an election, as this page knows it: the code that the organiser announces, and the check of a receipt. It
// is a separate script, which is loaded only in elections with a log, before a ballot is sent (parts.ts).
import { bytesOfBase64url, joinBytes } from '../../domain/record/bytes.ts';
import type { Bytes } from '../../domain/record/bytes.ts';
import { entryOfReceipt } from '../../domain/record/election-log.ts';
import { encodeEntry, entrySigningBytes } from '../../domain/record/entry.ts';
import { groupsOfHash, logOriginOf, manifestHashBytes } from '../../domain/record/manifest.ts';
import { codeOfLeaf } from '../../domain/record/receipt-code.ts';
import type { PublicElection } from '../../protocol/public-document.ts';
import type { Receipt } from '../../protocol/public-api.ts';
import type { ManifestDocument } from '../../protocol/record/manifest.ts';
import { call } from '../shared/calls.ts';
import { canonicalJson } from '../shared/canonical-json.ts';
import { button, h } from '../shared/dom.ts';
import { saveJson } from '../shared/save-file.ts';
import { logTexts } from '../public/languages/log-texts.ts';
import type { VoterApp } from './app.ts';
import type { PageLog, StoredVote } from './memory.ts';

/** What a receipt must fit. `code` is shown to the voter. */
type ShownLog = PageLog & { readonly code: string };

/**
 * The log of the election that this page shows; null where the election has none. With other questions on the page than in
 * the manifest it is another log. Throws without an answer.
 */
async function readLog(election: PublicElection): Promise<ShownLog | null> {
  const name = `${election.id}/${election.revision}`;
  const before = logs.get(name);
  if (before !== undefined) return before;
  const log = await fetchLog(election);
  logs.set(name, log);
  return log;
}

/** What was shown is what receipts are compared with. */
const logs = new Map<string, ShownLog | null>();

async function fetchLog({ id, contests }: PublicElection): Promise<ShownLog | null> {
  const outcome = await call<ManifestDocument>('GET', `/v1/elections/${id}/manifest`);
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
  election: PublicElection,
): Promise<void> {
  const log = await readLog(election).catch(() => null);
  if (log) place.append(`${logTexts[language].code} ${log.code}`);
}

/** The log that is kept for the receipt. Throws without an answer. */
export const keptLog = async ({ log }: StoredVote, election: PublicElection): Promise<StoredVote> => ({
  log: log ?? (await readLog(election)) ?? undefined,
});

/** Before an entry that is hashed to its leaf (RFC 6962). */
const leafPrefix = Uint8Array.of(0);

type DrawCode = typeof import('./kiosk/kiosk.ts').drawForPhone;

/** Shows that a receipt does not fit, and a way to save what is kept of it. A polling station's device draws it. */
export function showEvidence(place: HTMLElement, app: VoterApp, draw: DrawCode | false): void {
  const { notConfirmed, notConfirmedText, saveEvidence } = logTexts[app.language];
  const { electionId = '', evidence = {} } = app.memory.vote;
  const save = (): void => saveJson(`evidence-${electionId}.json`, evidence);
  place.append(h('h2', {}, notConfirmed));
  if (draw) {
    draw(place, app, 'evidence', evidence);
    place.append(button(app.t('finish'), () => app.finish(), 'primary'));
  } else place.append(h('p', {}, notConfirmedText), button(saveEvidence, save, 'primary'));
}

type QrPart = typeof import('../shared/qr.ts');

/** Shows where this receipt is looked up: as a link, and for the camera of another device, also on paper. */
export function showPlace(
  place: HTMLElement,
  { language }: Pick<VoterApp, 'language'>,
  electionId: string,
  code: string,
): void {
  // Browsers do not send what is behind the sign.
  const sign = `#c=${code}&election=${electionId}`;
  const address = `${location.origin}/check${sign}`;
  const link = h('a', { href: `/check?lang=${language}${sign}` }, h('bdi', { dir: 'ltr' }, address));
  const scan = h('div', { class: 'scan place' }, h('p', {}, logTexts[language].place), h('p', {}, link));
  place.append(scan);
  const loading = import(/* @vite-ignore */ document.documentElement.dataset['qr'] ?? '') as Promise<QrPart>;
  void loading.then(
    ({ qrCode }) => scan.append(qrCode(address)),
    () => undefined,
  );
}

/** What is kept of an answer: the receipt with its code, or evidence where it does not fit the vote. */
export async function keptOf(receipt: Receipt, at: string, vote: StoredVote): Promise<StoredVote> {
  // Whatever else a server answers is no receipt.
  const entry = await confirmedEntry(receipt, vote).catch(() => null);
  if (entry === undefined) return { receipt: { receipt, at } };
  if (entry) return { receipt: { receipt, at, code: codeOfLeaf(await sha256(joinBytes(leafPrefix, entry))) } };
  const { electionId, log, castTag } = vote;
  return { evidence: { receipt, expected: { electionId, log, castTag }, at: new Date().toISOString() } };
}

/**
 * The entry that a receipt promises, if it is of this log, of this voter's cast, and signed by the key of the manifest; null
 * otherwise, and undefined for a receipt without a log.
 */
async function confirmedEntry(
  receipt: Receipt,
  { electionId, log, castTag }: StoredVote,
): Promise<Bytes | null | undefined> {
  if (receipt.version === 1) return log ? null : undefined;
  const { origin, kid } = receipt;
  // The type promises these. A server may answer with others.
  const kinds: readonly unknown[] = [receipt.version, receipt.kind];
  if (kinds.join() !== '2,0' || receipt.electionId !== electionId || origin !== log?.origin || kid !== log.kid)
    return null;
  if (receipt.castTag !== castTag) return null;
  const [tag, content, signature, x] = [castTag, receipt.content, receipt.signature, log.x].map(bytesOfBase64url);
  if (!tag || !content || !signature || !x) return null;
  const entry = entryOfReceipt({ castTag: tag, content, signature });
  const isSigned = await isSignedBy(x, signature, entrySigningBytes(await sha256(joinBytes(origin)), entry));
  return isSigned ? encodeEntry(entry) : null;
}

async function isSignedBy(x: Bytes, signature: Bytes, signed: Bytes): Promise<boolean> {
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey('raw', x, 'Ed25519', false, ['verify']);
  } catch (error) {
    // A browser from before 2025 may not know Ed25519. The page that checks receipts says so.
    return (error as DOMException).name === 'NotSupportedError';
  }
  return crypto.subtle.verify('Ed25519', key, signature, signed);
}

const sha256 = async (bytes: Bytes): Promise<Bytes> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
