// Whether a receipt is genuine: its signature, checked in this browser with the published keys. Only the keys are
// requested; the receipt is not sent.
import type { PublicKeySet, Receipt } from '../../../protocol/public-api.ts';
import { joinBytes } from '../../../domain/record/bytes.ts';
import { entryOfReceipt } from '../../../domain/record/election-log.ts';
import { entrySigningBytes } from '../../../domain/record/entry.ts';
import { readOrigin } from '../../../domain/record/manifest.ts';
import { call } from '../../shared/calls.ts';

export type ReceiptVerdict =
  | { readonly kind: 'genuine' | 'false' | 'unknown-key'; readonly receipt: Receipt }
  | { readonly kind: 'unreadable' | 'no-keys' | 'no-support' };

/** Longest text that is read as a receipt, in characters: one has about 500. */
const charactersMax = 4_000;
const prefix = 'popvote/receipt/v1\0';

export async function checkReceipt(text: string): Promise<ReceiptVerdict> {
  const receipt = readReceipt(text);
  if (!receipt) return { kind: 'unreadable' };
  const subtle = (crypto as Partial<Crypto>).subtle;
  if (!subtle) return { kind: 'no-support' };
  const keys = await call<PublicKeySet>('GET', '/v1/public-keys');
  if (keys.kind !== 'answer') return { kind: 'no-keys' };
  const jwk = keys.value.receipts.find(({ kid }) => kid === receipt.kid);
  if (!jwk) return { kind: 'unknown-key', receipt };
  try {
    const key = await subtle.importKey('jwk', { ...jwk }, 'Ed25519', false, ['verify']);
    const signed = await signedBytes(receipt, subtle);
    const genuine = await subtle.verify('Ed25519', key, bytesOf(receipt.signature), signed);
    return { kind: genuine ? 'genuine' : 'false', receipt };
  } catch {
    return { kind: 'no-support' };
  }
}

/** The receipt in a text: the saved file, or the copied text. */
function readReceipt(text: string): Receipt | null {
  if (text.length > charactersMax) return null;
  try {
    const value = JSON.parse(pastedJson(text)) as { receipt?: Partial<Receipt> } & Partial<Receipt>;
    const receipt = value.receipt ?? value;
    const { version, signature, ...names } = receipt;
    const hashes = version === 1 ? [receipt.leaf] : version === 2 ? [receipt.castTag, receipt.content] : [undefined];
    const origin = version === 2 ? receipt.origin : '';
    const shaped = hashes.every((hash = '') => /^[\w-]{43}$/.test(hash)) && /^[\w-]{86}$/.test(signature ?? '');
    const hasNames = [names.kid, names.electionId, origin].every((name) => typeof name === 'string');
    return shaped && hasNames && isOfOrigin(receipt) ? (receipt as Receipt) : null;
  } catch {
    return null;
  }
}

/** The log of a receipt is that of its election, and its ballot is not sealed. */
function isOfOrigin(receipt: Partial<Receipt>): boolean {
  if (receipt.version !== 2) return true;
  return readOrigin(receipt.origin ?? '')?.electionId === receipt.electionId && receipt.kind === 0;
}

/** What the key signed (docs/receipts.md). */
async function signedBytes(receipt: Receipt, subtle: SubtleCrypto): Promise<Uint8Array<ArrayBuffer>> {
  if (receipt.version === 1) return joinBytes(prefix, bytesOf(receipt.leaf));
  const { castTag, content, signature, origin } = receipt;
  const entry = entryOfReceipt({
    castTag: bytesOf(castTag),
    content: bytesOf(content),
    signature: bytesOf(signature),
  });
  return entrySigningBytes(new Uint8Array(await subtle.digest('SHA-256', joinBytes(origin))), entry);
}

// Messengers and word processors add invisible characters and turn quotes. JSON of a receipt has none of either.
const pastedJson = (text: string): string =>
  text
    .replace(/[\p{DI}\p{Cf}]/gu, '')
    .replace(/[\u201C-\u201F\u00AB\u00BB]/gu, '"')
    .trim();

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
