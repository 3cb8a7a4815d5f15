// The manifest: what an election is, fixed at its opening. Its hash is the end of the log's origin, so a different manifest
// is a different log. The hash is of the RFC 8785 form of the document as it was published: a reader never hashes what a
// schema returned.
import { z } from 'zod';
import { contestsMax } from '../../domain/election.ts';
import { contest, publicElection } from '../public-document.ts';
import { bytes32, electionId, signature } from '../public-values.ts';
import { noteKeyText } from './log-values.ts';

/** Most witnesses or auditors of an election. */
export const noteSignersMax = 32;
const { channels, identity } = publicElection.shape;

const namedKey = z.strictObject({ kid: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), x: bytes32 });
const signers = z
  .strictObject({
    quorum: z.int().min(0).max(noteSignersMax).describe('So many of them must have signed.'),
    keys: z.array(noteKeyText).max(noteSignersMax),
  })
  .refine(({ quorum, keys }) => quorum <= keys.length, 'The quorum is larger than the number of keys.')
  .refine(({ keys }) => new Set(keys).size === keys.length, 'Name each key once.');

export const electionManifest = z
  .strictObject({
    version: z.literal(1),
    electionId,
    rehearsal: z.boolean(),
    contests: z
      .array(contest)
      .min(1)
      .max(contestsMax)
      .describe('Exactly the contests of the public document of the definition version, titles included.'),
    identity,
    channels: channels.unwrap(),
    minBatch: z.int().min(1).max(1_000).describe('K: the log grows by multiples of so many online ballots.'),
    disclosure: z
      .enum(['none', 'ballots'])
      .describe('ballots: after the count every online ballot is published, under its entry.'),
    log: z.strictObject({
      host: z
        .string()
        .max(255)
        .regex(/^[a-z0-9.:[\]-]+$/),
      key: bytes32.describe('Ed25519: signs checkpoints.'),
    }),
    receipts: namedKey.describe('Signs entries of online ballots.'),
    deposits: namedKey.describe('Signs entries of paper ballots.'),
    publisher: namedKey.describe('Signs the manifest, the closing document and the results.'),
    witnesses: signers,
    auditors: signers,
    sealing: z.null().describe('For sealed ballots, which this version does not have.'),
    tokens: z.null().describe('For blind tokens, which this version does not have.'),
  })
  .meta({ id: 'ElectionManifest' });
export type ElectionManifest = z.infer<typeof electionManifest>;

export const manifestDocument = z
  .strictObject({ manifest: electionManifest, signature })
  .meta({ id: 'ManifestDocument' });
export type ManifestDocument = z.infer<typeof manifestDocument>;
