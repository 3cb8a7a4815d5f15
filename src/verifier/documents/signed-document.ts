// A signed document: {"<name>": …, "signature": {"kid", "alg", "value"}}. The signature is Ed25519 over the RFC 8785 form
// of the body.
import { readPublicKey, signatureLength, verifies } from './public-key.ts';
import { bytesShape, isMembers, kidShape, membersShape, oneOf } from './shapes.ts';
import type { Shape } from './shapes.ts';
import { canonicalJson, parseStrictJson } from './strict-json.ts';
import type { Json } from './strict-json.ts';

export type NamedKey = { readonly kid: string; readonly x: Buffer };
type DocumentSignature = { readonly kid: string; readonly alg: 'EdDSA'; readonly value: Buffer };

const signatureShape: Shape<DocumentSignature> = membersShape({
  kid: kidShape,
  alg: oneOf('EdDSA' as const),
  value: bytesShape(signatureLength),
});

export type ReadDocument = {
  readonly body: Json;
  /** The RFC 8785 form of the body. */
  readonly text: string;
  readonly signature: DocumentSignature;
};

/** Reads a document whose body has the name; null if it has another form. `others`: members that it may have beside. */
export function readDocument(bytes: Uint8Array, name: string, others: readonly string[] = []): ReadDocument | null {
  const document = parseStrictJson(bytes);
  if (!isMembers(document)) return null;
  const body = document[name];
  const signature = signatureShape(document['signature'] ?? null);
  const names = [name, 'signature', ...others];
  if (body === undefined || signature === undefined) return null;
  if (Object.keys(document).some((member) => !names.includes(member))) return null;
  return { body, text: canonicalJson(body), signature };
}

/** Whether the document is signed by the key, under its id. */
export function isSignedBy({ text, signature }: ReadDocument, { kid, x }: NamedKey): boolean {
  const key = readPublicKey(x);
  return signature.kid === kid && key !== null && verifies(key, Buffer.from(text), signature.value);
}
