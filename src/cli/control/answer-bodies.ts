// Bodies of answers that are read whole. The server may be another one than it seems: a body has a limit and a form, and no
// message quotes it, because it may hold tokens.
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { bounded, TooLarge } from '../../platform/files.ts';
import { parseJson } from '../../platform/json.ts';
import { CommandFailed } from '../context.ts';

/** Largest answer that is read whole, in bytes. */
export const wholeAnswerBytesMax = 64 * 1_024 * 1_024;

/** The text of a body; null for one beyond the limit. Throws where the answer breaks off. */
export async function bodyText(body: Readable, bytesMax = wholeAnswerBytesMax): Promise<string | null> {
  const parts: Buffer[] = [];
  try {
    for await (const part of bounded(body as AsyncIterable<Buffer>, bytesMax)) parts.push(part);
  } catch (error) {
    if (error instanceof TooLarge) return null;
    throw new CommandFailed('The answer broke off. Try again.');
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The value of a body. Throws where it has another form. */
export async function bodyAs<Value>(origin: string, body: Readable, schema: z.ZodType<Value>): Promise<Value> {
  const parsed = schema.safeParse(parseJson((await bodyText(body)) ?? ''));
  if (parsed.success) return parsed.data;
  throw new CommandFailed(`${origin} answered something else than a control panel does. Is it the right address?`);
}
