// The bytes of an uploaded file, from a body of text/csv or from the member `file` of a form. Its name is not looked at:
// whatever it says, nothing is opened, stored or run under it. What breaks off on its way is refused like what is wrong.
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { batchFileBytesMax } from '../../domain/batch-text.ts';
import { Problem } from '../../protocol/problem.ts';

/** Limits of a form: one file, and some fields, which are not looked at. The bound of the file itself is in batch-text. */
export const formLimits = { files: 1, fields: 16, parts: 17, fileSize: batchFileBytesMax + 1_048_576, headerPairs: 64 };

/** The file as it comes. Throws `invalid-request` or `unsupported-media-type`. */
export async function* uploadedFile(request: FastifyRequest): AsyncGenerator<Buffer> {
  refuseEncodings(request);
  try {
    if (request.isMultipart()) yield* fileOfForm(request);
    else yield* bytesOf(request.raw);
  } catch (error) {
    if (error instanceof Problem) throw error;
    // By the form's reader or by the connection: either way the file is not whole.
    throw rejection('The file did not come whole, or the form is not of the right form. Send it again.');
  }
}

/** Lets a client that was refused early send the rest into nothing, so that it can read why. */
export function discardRest({ raw }: FastifyRequest): void {
  let left = batchFileBytesMax;
  raw.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) raw.destroy();
  });
  raw.on('error', () => undefined);
  raw.resume();
}

function refuseEncodings({ headers }: FastifyRequest): void {
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = headers;
  if (encoding.toLowerCase() !== 'identity') {
    throw new Problem('unsupported-media-type', { detail: 'Send the file without compression. Nothing was recorded.' });
  }
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (!/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new Problem('unsupported-media-type', { detail: 'Send the file in UTF-8. Nothing was recorded.' });
  }
}

async function* fileOfForm(request: FastifyRequest): AsyncGenerator<Buffer> {
  let found = false;
  for await (const part of request.parts({ limits: formLimits })) {
    if (part.type === 'field') continue;
    if (part.fieldname !== 'file' || found) {
      part.file.resume();
      throw rejection('Send one file, in the member "file" of the form.');
    }
    found = true;
    yield* bytesOfPart(part);
  }
  if (!found) throw rejection('Send the file in the member "file" of the form.');
}

async function* bytesOfPart({ file }: MultipartFile): AsyncGenerator<Buffer> {
  try {
    yield* bytesOf(file);
  } finally {
    // The rest of the form can be read only past the file.
    file.resume();
  }
  if (file.truncated) throw new Problem('payload-too-large');
}

// Without the iterator's own habit of destroying the stream, and with it the connection that the answer goes through.
const bytesOf = (stream: Readable): AsyncIterable<Buffer> =>
  stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;

const rejection = (detail: string): Problem =>
  new Problem('invalid-request', { errors: [{ path: 'body/file', detail }] });
