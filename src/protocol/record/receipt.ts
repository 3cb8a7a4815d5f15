// A receipt, version 2: the entry of one cast in the public log, with the log's name. The leaf of the log follows from it.
import { z } from 'zod';
import { bytes32, electionId } from '../public-values.ts';
import { logOrigin } from './log-values.ts';

export const loggedReceipt = z
  .strictObject({
    version: z.literal(2),
    electionId,
    origin: logOrigin,
    kind: z.literal(0).describe('0: a plain ballot. Later kinds are sealed ones.'),
    castTag: bytes32.describe('SHA-256 of "popvote/cast-tag/v2", a zero byte and the ballot key.'),
    content: bytes32.describe('Commits to the ballot; see docs/receipts.md.'),
    signature: z
      .string()
      .regex(/^[A-Za-z0-9_-]{85}[AQgw]$/)
      .describe('Ed25519 over "popvote/receipt/v2", a zero byte, the SHA-256 of the origin, and the entry before it.'),
    kid: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
  })
  .meta({ id: 'LoggedReceipt' });
export type LoggedReceipt = z.infer<typeof loggedReceipt>;
