// The bytes of an uploaded file, from a text/csv body or from the field `file` of a form. The file name is ignored:
// nothing is opened, stored or run under it. An interrupted upload is rejected like an invalid one.
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { batchFileBytesMax } from '../../domain/batch-file.ts';
import { Problem } from '../../protocol/problem.ts';

/** Limits of a form: one file, and some fields, which are ignored. The limit of the file itself is in batch-file. */
export const formLimits = { files: 1, fields: 16, parts: 17, fileSize: batchFileBytesMax + 1_048_576, headerPairs: 64 };

/** Streams the file. Throws `invalid-request` or `unsupported-media-type`. */
export async function* uploadedFile(request: FastifyRequest): AsyncGenerator<Buffer> {
  rejectEncodings(request);
  try {
    if (request.isMultipart()) yield* fileOfForm(request);
    else yield* bytesOf(request.raw);
  } catch (error) {
    if (error instanceof Problem) throw error;
    // From the form's reader or from the connection. Either way the file is incomplete.
    throw rejection('The file is incomplete, or the form is malformed. Send it again.');
  }
}

function rejectEncodings({ headers }: FastifyRequest): void {
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
  let hasFile = false;
  for await (const part of request.parts({ limits: formLimits })) {
    if (part.type === 'field') continue;
    if (part.fieldname !== 'file' || hasFile) {
      part.file.resume();
      throw rejection('Send one file, in the field "file" of the form.');
    }
    hasFile = true;
    yield* bytesOfPart(part);
  }
  if (!hasFile) throw rejection('Send the file in the field "file" of the form.');
}

async function* bytesOfPart({ file }: MultipartFile): AsyncGenerator<Buffer> {
  try {
    yield* bytesOf(file);
  } finally {
    // The rest of the form can be read only after the file.
    file.resume();
  }
  if (file.truncated) throw new Problem('payload-too-large');
}

// The default iterator would destroy the stream, and with it the connection that carries the answer.
const bytesOf = (stream: Readable): AsyncIterable<Buffer> =>
  stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;

const rejection = (detail: string): Problem =>
  new Problem('invalid-request', { errors: [{ path: 'body/file', detail }] });
