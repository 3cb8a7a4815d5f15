// The list of the files that the voter's page may load (client.json), and whether the site serves exactly these.
import { hashParts } from '../documents/record-bytes.ts';
import { bytesShape, listShape, membersShape, oneOf, textShape, integerShape } from '../documents/shapes.ts';
import type { Shape } from '../documents/shapes.ts';
import { isSignedBy, readDocument } from '../documents/signed-document.ts';
import type { NamedKey } from '../documents/signed-document.ts';

/** Largest list of files, in bytes. */
export const clientBytesMax = 1_000_000;
/** Most files of the page. */
const clientFilesMax = 1_000;
/** Largest file of the page, in bytes. */
const pageFileBytesMax = 16_000_000;

export type ClientDocument = {
  readonly version: 1;
  readonly revision: number;
  readonly files: readonly { readonly path: string; readonly sha256: Buffer }[];
};

const clientShape: Shape<ClientDocument> = membersShape(
  {
    version: oneOf(1 as const),
    revision: integerShape(0),
    files: listShape(membersShape({ path: textShape(/^\/[!-~]{0,500}$/), sha256: bytesShape(32) }), clientFilesMax, 1),
  },
  {},
  'open',
);

/** Reads a list of files that the publisher signed; null for any other bytes. */
export function readClientDocument(bytes: Uint8Array, publisher: NamedKey): ClientDocument | null {
  const document = bytes.length > clientBytesMax ? null : readDocument(bytes, 'client');
  const client = document === null ? undefined : clientShape(document.body);
  return document !== null && client !== undefined && isSignedBy(document, publisher) ? client : null;
}

export type PageReader = (path: string, bytesMax: number) => Promise<Buffer | null>;

/** Paths whose file is another one than the list says, and paths that a page loads and the list does not name. */
export async function comparePage(
  { files }: ClientDocument,
  readPage: PageReader,
): Promise<{ readonly different: readonly string[]; readonly unlisted: readonly string[] }> {
  const listed = new Set(files.map(({ path }) => path));
  const different: string[] = [];
  const unlisted = new Set<string>();
  for (const { path, sha256 } of files) {
    const bytes = await readPage(path, pageFileBytesMax);
    if (bytes === null || !hashParts(bytes).equals(sha256)) different.push(path);
    for (const loaded of bytes === null ? [] : loadedBy(bytes)) if (!listed.has(loaded)) unlisted.add(loaded);
  }
  return { different, unlisted: [...unlisted].sort() };
}

/** What an HTML page loads: the addresses of its scripts and links. A file that is no HTML page has none. */
function loadedBy(bytes: Buffer): readonly string[] {
  const text = bytes.toString('utf8');
  if (!/^\s*<!doctype html/i.test(text)) return [];
  const tags = text.matchAll(
    /<(?:script|link|iframe|object|embed)\b[^>]*?\b(?:src|href|data)\s*=\s*["']?([^"'\s>]+)/gi,
  );
  return [...tags].map(([, address = '']) => address).filter((address) => !address.startsWith('data:'));
}
