// Malformed lines of an uploaded file, as reported to its sender.
import { z } from 'zod';

/** Most lines that one answer lists. */
export const wrongLinesMax = 200;

export const wrongLine = z.object({
  line: z.int().min(1).describe('In the file as it was sent, from 1.'),
  row: z.int().min(1).nullable().describe('Among the rows below the heading, from 1; null for the heading itself.'),
  text: z.string().describe('Shortened, and without what cannot be printed.'),
  detail: z.string().describe('How to fix it.'),
});
export type WrongLine = z.infer<typeof wrongLine>;
