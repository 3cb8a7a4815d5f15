// The bytes of an uploaded file, from a text/csv body or from the field `file` of a form. The file name is ignored:
// nothing is opened, stored or run under it. An interrupted upload is rejected like an invalid one, and so is one whose
// sender was signed out before its last byte: sending takes up to a quarter of an hour.
import multipart from '@fastify/multipart';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { Problem } from '../../protocol/problem.ts';
import type { App } from './http.ts';
import type { RoleGuard } from './role-guard.ts';

/** Limits of a form: one file, and some fields, which are ignored. */
const formLimits = { files: 1, fields: 16, parts: 17, headerPairs: 64 };

/**
 * Lets the routes of this scope take files of at most so many bytes. One more passes, in a form as without one: the reader
 * of the file has the limit and says what to do.
 */
export async function acceptFiles(app: App, fileBytesMax: number): Promise<void> {
  const plain = app as unknown as FastifyInstance;
  plain.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));
  await plain.register(multipart, { limits: { ...formLimits, fileSize: fileBytesMax + 1 } });
}

/**
 * Streams the file. Throws `invalid-request`, `payload-too-large` or `unsupported-media-type`, and at its end what
 * `ensureStillValid` of the guard throws. `guard` is null for a service, which calls with a key and has no session.
 */
export async function* uploadedFile(
  request: FastifyRequest,
  guard: Pick<RoleGuard, 'ensureStillValid'> | null,
): AsyncGenerator<Buffer> {
  rejectOthers(request);
  try {
    if (request.isMultipart()) yield* fileOfForm(request);
    else yield* bytesOf(request.raw);
  } catch (error) {
    if (error instanceof Problem) throw error;
    // From the form's reader or from the connection. Either way the file is incomplete.
    throw rejection('The file is incomplete, or the form is malformed. Send it again.');
  }
  await guard?.ensureStillValid(request);
}

function rejectOthers(request: FastifyRequest): void {
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = request.headers;
  const refuse = (detail: string): Problem =>
    new Problem('unsupported-media-type', { detail: `${detail} Nothing was recorded.` });
  if (!request.isMultipart() && !/^text\/csv\b/i.test(type)) {
    throw refuse('Send text/csv, or multipart/form-data with "file".');
  }
  if (encoding.toLowerCase() !== 'identity') throw refuse('Send the file without compression.');
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (!/^(utf-?8|us-ascii)$/i.test(charset)) throw refuse('Send the file in UTF-8.');
}

async function* fileOfForm(request: FastifyRequest): AsyncGenerator<Buffer> {
  let hasFile = false;
  for await (const part of request.parts()) {
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
