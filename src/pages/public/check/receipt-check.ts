// Whether a receipt is genuine: its signature, checked in this browser with the published keys. Only the keys are
// requested; the receipt is not sent.
import type { PublicKeySet, Receipt } from '../../../protocol/public-api.ts';
import { call } from '../../shared/calls.ts';

export type ReceiptVerdict =
  | { readonly kind: 'genuine' | 'false' | 'unknown-key'; readonly receipt: Receipt }
  | { readonly kind: 'unreadable' | 'no-keys' | 'no-support' };

/** Longest text that is read as a receipt, in characters: one has about 250. */
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
    const signed = Uint8Array.from([...new TextEncoder().encode(prefix), ...bytesOf(receipt.leaf)]);
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
    const { version, electionId, leaf, signature, kid } = receipt;
    const shaped = /^[\w-]{43}$/.test(leaf ?? '') && /^[\w-]{86}$/.test(signature ?? '');
    return version === 1 && shaped && typeof kid === 'string' && typeof electionId === 'string'
      ? (receipt as Receipt)
      : null;
  } catch {
    return null;
  }
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
