// One step of one log: copies the tree, asks the witnesses, and publishes the checkpoint once its quorum is met, or once the
// results are published without it. What is published never goes back.
import { encodeNote } from '../../domain/record/note.ts';
import type { NoteSignature } from '../../domain/record/note.ts';
import { verifyConsistency } from '../../domain/record/proof.ts';
import { growthProof, rootFromTiles } from '../../domain/record/served-tree.ts';
import { equalBytes } from '../../domain/record/bytes.ts';
import type { SignedCheckpoint } from '../../domain/record/signed-checkpoint.ts';
import { sha256 } from '../../platform/content-hash.ts';
import type { Clock } from '../../platform/clock.ts';
import type { DurableFolder } from '../../platform/durable-folder.ts';
import { NotPublishable, copyOpenings, copyRepeated, copyTree, readPresent, verifyGrowth } from './copy-tree.ts';
import type { TwoFolders } from './copy-tree.ts';
import type { NamedLog } from './named-logs.ts';
import { isSameTree, readSource } from './read-source.ts';
import type { SourceLog } from './read-source.ts';
import type { AskWitness, Witness } from './witness-calls.ts';
import { createWitnessRounds } from './witness-round.ts';

export type PublishedState = {
  readonly size: number;
  readonly publishedSize: number;
  /** Cosignatures of the newest checkpoint, and how many are needed. */
  readonly cosigned: number;
  readonly quorum: number;
  /** Since when the newest checkpoint waits for its quorum, on the steady clock, in milliseconds; null if it does not. */
  readonly waitingSinceMs: number | null;
  readonly troubles: ReadonlyMap<string, string>;
  readonly contradicted: boolean;
};

export type LogPublisher = {
  /** Throws `NotPublishable` where the folder of `log` is not fit to be published. */
  step(): Promise<PublishedState>;
};

const checkpointName = 'checkpoint';

export function createLogPublisher(parts: {
  readonly source: DurableFolder;
  readonly own: DurableFolder;
  readonly name: NamedLog;
  readonly witnesses: readonly Witness[];
  readonly ask: AskWitness;
  readonly clock: Clock;
}): LogPublisher {
  const { source, own } = parts;
  const rounds = createWitnessRounds(parts.ask, parts.clock);
  let log: SourceLog | undefined;
  /** The checkpoint whose tree was copied and verified by this process. */
  let copiedNote = '';
  let waitingSinceMs: number | null = null;
  return {
    async step() {
      log ??= await readSource(source, parts.name);
      const note = (await readPresent(source, checkpointName)).toString('utf8');
      const signed = log.open(note);
      if (!signed) throw new NotPublishable('the checkpoint is not signed by the key of the manifest');
      const published = await readPublished(own, log);
      refuseBackwards(published, signed);
      if (copiedNote !== note) await copyVerified(parts, published, signed);
      copiedNote = note;
      await copyRepeated(parts);
      const { quorum, keys } = log.witnesses;
      const chosenWitnesses = parts.witnesses.filter(({ keyText }) => keys.includes(keyText));
      const { size } = signed.checkpoint;
      const prove = (oldSize: number): Promise<Uint8Array[]> => growthProof(sha256, oldSize, size, readerOf(own));
      const lines = await rounds.collect(chosenWitnesses, { signed, note, published }, prove);
      const isMet = lines.length >= quorum;
      if (isMet) await publish(own, log, signed, lines);
      waitingSinceMs = isMet ? null : (waitingSinceMs ?? performance.now());
      const isReleased = await copyOpenings(parts, size);
      // Results without the quorum were published by an act with a reason, or in a rehearsal. Verifiers then see that witnesses
      // are missing. Cosignatures that are published are not taken back.
      const isGain = lines.length > cosignaturesOf(log, published, signed);
      const isBelowQuorum = !isMet && isReleased && isGain && !rounds.contradicted();
      if (isBelowQuorum) await publish(own, log, signed, lines);
      return {
        size,
        publishedSize: isMet || isBelowQuorum ? size : (published?.checkpoint.size ?? 0),
        cosigned: lines.length,
        quorum,
        waitingSinceMs,
        troubles: rounds.troubles(),
        contradicted: rounds.contradicted(),
      };
    },
  };
}

const readerOf = (folder: DurableFolder) => (name: string) => readPresent(folder, name);

async function readPublished(own: DurableFolder, log: SourceLog): Promise<SignedCheckpoint | null> {
  const bytes = await own.read(checkpointName);
  if (!bytes) return null;
  const published = log.open(bytes.toString('utf8'));
  if (!published) throw new NotPublishable('the published checkpoint is not signed by the key of the manifest');
  return published;
}

/** How many cosignatures the published checkpoint of this tree has; -1 where another one is published, or none. */
const cosignaturesOf = (log: SourceLog, published: SignedCheckpoint | null, { note }: SignedCheckpoint): number =>
  published?.note.text === note.text ? published.note.signatures.length - log.signaturesIn(published.note).length : -1;

function refuseBackwards(published: SignedCheckpoint | null, signed: SignedCheckpoint): void {
  if (!published) return;
  if (signed.checkpoint.size < published.checkpoint.size)
    throw new NotPublishable('the checkpoint of the log is smaller than the published one');
  if (signed.checkpoint.size === published.checkpoint.size && !isSameTree(signed, published))
    throw new NotPublishable('the checkpoint of the log has another root than the published one');
}

async function copyVerified(
  folders: TwoFolders,
  published: SignedCheckpoint | null,
  { checkpoint }: SignedCheckpoint,
): Promise<void> {
  const before = published?.checkpoint ?? { size: 0, root: sha256(new Uint8Array()) };
  const { size, root } = checkpoint;
  const read = readerOf(folders.source);
  await verifyGrowth(folders, before.size, size);
  if (!equalBytes(await rootFromTiles(sha256, size, read), root))
    throw new NotPublishable('the tiles have not the root of the checkpoint');
  if (!verifyConsistency(sha256, before, checkpoint, await growthProof(sha256, before.size, size, read)))
    throw new NotPublishable('the log did not grow out of the published one');
  await copyTree(folders, before.size, size);
}

async function publish(
  own: DurableFolder,
  log: SourceLog,
  { note }: SignedCheckpoint,
  lines: readonly NoteSignature[],
): Promise<void> {
  const text = encodeNote({ text: note.text, signatures: [...log.signaturesIn(note), ...lines] });
  if ((await own.read(checkpointName))?.toString('utf8') !== text) await own.replace(checkpointName, Buffer.from(text));
}
