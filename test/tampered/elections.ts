// The tampered elections of stage 1: each is a good election with one change, and has exactly one reason to be rejected.
// The numbers are those of docs/verify.md; the missing ones are of sealed ballots and tokens.
import { canonicalBallotText } from '../../src/domain/ballot.ts';
import type { Ballot } from '../../src/domain/ballot.ts';
import { decodeBundle, encodeBundle } from '../../src/domain/record/bundle.ts';
import type { Opening } from '../../src/domain/record/bundle.ts';
import { encodeCheckpoint } from '../../src/domain/record/checkpoint.ts';
import { entryKinds } from '../../src/domain/record/entry.ts';
import { encodeNote } from '../../src/domain/record/note.ts';
import { repeatedPath } from '../../src/domain/record/repeated-entries.ts';
import { sha256 } from '../../src/platform/content-hash.ts';
import type { LoggedReceipt } from '../../src/protocol/record/receipt.ts';
import { paperBallot, receiptOfBallot, signedEntry } from '../support/record/log-ballots.ts';
import type { LoggedBallot } from '../support/record/log-ballots.ts';
import { closingOf, repeatedFile, repeatedHashOf, resultsOfDraft } from '../support/record/log-draft.ts';
import type { LogDraft } from '../support/record/log-draft.ts';
import {
  checkpointNote,
  checkpointOf,
  logFiles,
  logLine,
  openingsOf,
  witnessLine,
} from '../support/record/log-files.ts';
import type { LogFiles } from '../support/record/log-files.ts';
import { namedPublicKey, seededKey } from '../support/record/log-keys.ts';
import {
  batchElection,
  changedElection,
  furtherBallot,
  openElection,
  plainElection,
  smallElection,
} from '../support/record/small-elections.ts';

/** What a verifier gets: the files that are served, and what its caller has from elsewhere. */
export type GivenElection = {
  readonly electionId: string;
  readonly served: LogFiles;
  /** M, which the caller has from elsewhere. */
  readonly anchor: Buffer;
  readonly receipts?: readonly LoggedReceipt[];
  /** Checkpoints that the caller saved earlier. */
  readonly checkpoints?: readonly string[];
  /** Of online ballots, as auditors get them. */
  readonly openings?: readonly Opening[];
  /** Keys of the manifest that the caller has from elsewhere, in base64url. */
  readonly keys?: Readonly<Record<'publisher' | 'receipts' | 'deposits' | 'log', string>>;
};

export type TamperedElection = {
  readonly number: string;
  readonly change: string;
  readonly reason: string;
  make(): GivenElection;
};

const plain = smallElection(plainElection);
const paper = smallElection(batchElection);
const changed = smallElection(changedElection);
const otherKey = { kid: 'other', key: seededKey('another key') };

type Beside = Pick<GivenElection, 'receipts' | 'checkpoints' | 'openings' | 'keys'>;
const toVerify = (draft: LogDraft, served: LogFiles, beside: Beside = {}): GivenElection => ({
  electionId: draft.names.electionId,
  served,
  anchor: draft.names.manifestHash,
  ...beside,
});

const keysOf = ({
  manifest: { publisher, receipts, deposits, log },
}: LogDraft): NonNullable<GivenElection['keys']> => ({
  publisher: publisher.x,
  receipts: receipts.x,
  deposits: deposits.x,
  log: log.key,
});

const onlineOpenings = (draft: LogDraft): Opening[] => openingsOf(draft, (channel) => channel === 1);

/** Elections that are right, with the exit code of a verifier. */
export const goodElections: readonly (Pick<TamperedElection, 'make'> & {
  readonly name: string;
  readonly exit: 0 | 3;
})[] = [
  { name: 'online ballots that are not disclosed', exit: 0, make: () => toVerify(plain, logFiles(plain)) },
  {
    name: 'online ballots, with what auditors get',
    exit: 0,
    make: () => toVerify(plain, logFiles(plain), { openings: onlineOpenings(plain) }),
  },
  {
    name: 'online ballots that are disclosed',
    exit: 0,
    make: () => {
      const draft = smallElection({ ...plainElection, changes: { disclosure: 'ballots' } });
      return toVerify(draft, logFiles(draft));
    },
  },
  {
    name: 'both channels, with receipts, an earlier checkpoint and every key',
    exit: 0,
    make: () =>
      toVerify(paper, logFiles(paper), {
        receipts: [receiptOfBallot(paper.keys, paper.names, paper.ballots[7]!)],
        checkpoints: [earlierCheckpoint(paper, 200), earlierCheckpoint(paper, paper.ballots.length)],
        keys: keysOf(paper),
      }),
  },
  {
    name: 'repeated ballots, and options that were withdrawn while voting was open',
    exit: 0,
    make: () => toVerify(changed, logFiles(changed), { openings: onlineOpenings(changed) }),
  },
  {
    name: 'an election that is open',
    exit: 3,
    make: () => {
      const draft = smallElection(openElection);
      return toVerify(draft, logFiles(draft, { closing: null, results: null, openings: null }));
    },
  },
  {
    name: 'an election that is closed and not counted',
    exit: 3,
    make: () => toVerify(paper, logFiles(paper, { results: null, openings: null })),
  },
];

const earlierCheckpoint = (draft: LogDraft, size: number): string =>
  checkpointNote(draft.keys, checkpointOf(draft, size), draft.keys.witnesses);

const withBallots = (draft: LogDraft, ballots: readonly LoggedBallot[]): LogDraft => ({ ...draft, ballots });
const replaced = (draft: LogDraft, index: number, ballot: LoggedBallot): LogDraft =>
  withBallots(draft, draft.ballots.with(index, ballot));

/** The election with one file changed. */
function withFile(draft: LogDraft, path: string, change: (bytes: Buffer) => Uint8Array): GivenElection {
  const served = logFiles(draft);
  served.set(path, change(Buffer.from(served.get(path)!)));
  return toVerify(draft, served);
}

const withBit = (bytes: Buffer, at: number): Buffer => {
  bytes[at]! ^= 1;
  return bytes;
};

const changedEntries = (bytes: Buffer, change: (entries: Uint8Array[]) => Uint8Array[]): Uint8Array =>
  encodeBundle(change(decodeBundle(bytes) ?? []));

/** A ballot whose choice in the motion is another one. */
function otherChoice(ballot: Ballot): Ballot {
  const [motion, ...rest] = ballot.contests;
  return { contests: [{ ...motion!, choices: motion!.choices[0] === 'yes' ? ['no'] : ['yes'] }, ...rest] };
}

/** The election with repeated ballots, of which the first has another entry. All is made for that. */
function withRepeated(entryOf: (ballot: LoggedBallot) => Uint8Array): GivenElection {
  const [first, ...others] = changed.repeated;
  const draft = { ...changed, repeated: [{ ...first!, entry: entryOf(first!) }, ...others] };
  return toVerify(draft, logFiles(draft));
}

/** The election with another file of repeated ballots, which its closing document names. */
function withRepeatedFile(change: (bytes: Buffer) => Uint8Array): GivenElection {
  const file = change(Buffer.from(repeatedFile(changed)!));
  const closing = { ...closingOf(changed), ...repeatedHashOf(file) };
  return toVerify(changed, logFiles(changed, { closing }).set(repeatedPath, file));
}

const paperPlaces = paper.ballots.flatMap(({ head }, index) => (head.channel === 2 ? [index] : []));

export const tamperedElections: readonly TamperedElection[] = [
  {
    number: '1',
    change: 'The checkpoint is signed by another key',
    reason: 'checkpoint-signature',
    make: () => {
      const text = encodeCheckpoint(checkpointOf(plain));
      const witnesses = plain.keys.witnesses.map((witness) => witnessLine(witness, text));
      const log = logLine(otherKey.key, plain.names.origin, text);
      return toVerify(plain, logFiles(plain, { checkpoint: encodeNote({ text, signatures: [log, ...witnesses] }) }));
    },
  },
  {
    number: '2',
    change: 'One cosignature too few',
    reason: 'witness-quorum',
    make: () => {
      const checkpoint = checkpointNote(plain.keys, checkpointOf(plain), plain.keys.witnesses.slice(0, 1));
      return toVerify(plain, logFiles(plain, { checkpoint }));
    },
  },
  {
    number: '3',
    change: 'The same witness twice',
    reason: 'witness-quorum',
    make: () => {
      const [witness] = plain.keys.witnesses;
      const checkpoint = checkpointNote(plain.keys, checkpointOf(plain), [witness!, witness!]);
      return toVerify(plain, logFiles(plain, { checkpoint }));
    },
  },
  {
    number: '4',
    change: 'A cosignature over another root',
    reason: 'witness-quorum',
    make: () => {
      const [first, second] = plain.keys.witnesses;
      const text = encodeCheckpoint(checkpointOf(plain));
      const other = encodeCheckpoint({ ...checkpointOf(plain), root: sha256(Buffer.from('another root')) });
      const log = logLine(plain.keys.log, plain.names.origin, text);
      const signatures = [log, witnessLine(first!, text), witnessLine(second!, other)];
      return toVerify(plain, logFiles(plain, { checkpoint: encodeNote({ text, signatures }) }));
    },
  },
  {
    number: '5',
    change: 'The same size as a saved checkpoint, and another root',
    reason: 'split-view',
    make: () => {
      const other = replaced(plain, 20, furtherBallot(plain, plain.keys, 0));
      return toVerify(plain, logFiles(plain), { checkpoints: [earlierCheckpoint(other, plain.ballots.length)] });
    },
  },
  {
    number: '6',
    change: 'Smaller than a saved checkpoint',
    reason: 'rolled-back',
    make: () => {
      const larger = withBallots(plain, [...plain.ballots, furtherBallot(plain, plain.keys, 0)]);
      return toVerify(plain, logFiles(plain), { checkpoints: [earlierCheckpoint(larger, larger.ballots.length)] });
    },
  },
  {
    number: '7',
    change: 'A saved checkpoint of a tree with one entry different',
    reason: 'not-consistent',
    make: () => {
      const other = replaced(plain, 20, furtherBallot(plain, plain.keys, 0));
      return toVerify(plain, logFiles(plain), { checkpoints: [earlierCheckpoint(other, 200)] });
    },
  },
  {
    number: '8',
    change: 'One bit in a tile of level 0',
    reason: 'tile-root',
    make: () => withFile(plain, 'tile/0/000', (bytes) => withBit(bytes, 40)),
  },
  {
    number: '9',
    change: 'One bit in a tile of level 1',
    reason: 'tile-root',
    make: () => withFile(plain, 'tile/1/000.p/1', (bytes) => withBit(bytes, 0)),
  },
  {
    number: '10',
    change: 'A partial tile is one hash too long',
    reason: 'tile-form',
    make: () => withFile(plain, 'tile/0/001.p/44', (bytes) => Buffer.concat([bytes, bytes.subarray(0, 32)])),
  },
  {
    number: '11',
    change: 'An entry is replaced in its bundle',
    reason: 'entry-leaf',
    make: () => {
      const { entry } = furtherBallot(plain, plain.keys, 0);
      return withFile(plain, 'tile/entries/000', (bytes) => changedEntries(bytes, (entries) => entries.with(9, entry)));
    },
  },
  {
    number: '12',
    change: 'The last bundle is short of one entry',
    reason: 'entry-count',
    make: () =>
      withFile(plain, 'tile/entries/001.p/44', (bytes) => changedEntries(bytes, (entries) => entries.slice(0, -1))),
  },
  {
    number: '13',
    change: 'An entry is added, and all is made again without the key of the ballot server',
    reason: 'entry-signature',
    make: () => {
      const added = furtherBallot(plain, { ...plain.keys, receipts: otherKey }, 0);
      const draft = withBallots(plain, [...plain.ballots, added]);
      return toVerify(draft, logFiles(draft));
    },
  },
  {
    number: '14',
    change: 'The same cast is in the log twice',
    reason: 'cast-tag-repeated',
    make: () => {
      const draft = withBallots(plain, [...plain.ballots, plain.ballots[3]!]);
      return toVerify(draft, logFiles(draft));
    },
  },
  {
    number: '15',
    change: 'An entry of a kind that the manifest does not allow: sealed, in an election of plain ballots',
    reason: 'entry-kind',
    make: () => {
      const ballot = plain.ballots[3]!;
      const head = { ...ballot.head, kind: entryKinds.sealed };
      const draft = replaced(plain, 3, { ...ballot, head, entry: signedEntry(plain.keys.receipts, plain.names, head) });
      return toVerify(draft, logFiles(draft));
    },
  },
  {
    number: '16',
    change: 'An entry of a paper ballot where batches are not admitted',
    reason: 'channel-not-admitted',
    make: () => {
      const added = paperBallot(
        plain.keys,
        plain.names,
        'ad3ea2c4-0000-4000-8000-000000000000',
        plain.ballots[0]!.ballot,
      );
      const batchId = sha256(Buffer.from('a batch')).toString('base64url');
      const batches = [{ batchId, rows: 1, counted: 1, invalid: 0, missing: 0 }];
      const draft = { ...withBallots(plain, [...plain.ballots, added]), batches };
      return toVerify(draft, logFiles(draft));
    },
  },
  {
    number: '17',
    change: 'The titles of two options are exchanged in the manifest, which is signed again',
    reason: 'manifest-hash',
    make: () => {
      const manifest = structuredClone(plain.manifest);
      const [yes, no] = manifest.contests[0]!.options;
      [yes!.title, no!.title] = [no!.title, yes!.title];
      return toVerify(plain, logFiles(plain, { manifest }));
    },
  },
  {
    number: '18',
    change: 'A receipt whose entry was left out',
    reason: 'receipt-not-in-log',
    make: () => {
      const draft = withBallots(plain, plain.ballots.toSpliced(5, 1));
      const receipts = [receiptOfBallot(plain.keys, plain.names, plain.ballots[5]!)];
      return toVerify(draft, logFiles(draft), { receipts });
    },
  },
  {
    number: '19a',
    change: 'The closing document says one entry fewer',
    reason: 'closing-size',
    make: () => {
      const closing = { ...closingOf(plain), size: plain.ballots.length - 1 };
      return toVerify(plain, logFiles(plain, { closing, results: null, openings: null }));
    },
  },
  {
    number: '19b',
    change: 'The log grew after the closing',
    reason: 'grown-after-closing',
    make: () => {
      const draft = withBallots(plain, [...plain.ballots, furtherBallot(plain, plain.keys, 0)]);
      return toVerify(draft, logFiles(draft, { closing: closingOf(plain), results: null, openings: null }));
    },
  },
  {
    number: '20',
    change: 'The participation is one less than the online entries',
    reason: 'turnout',
    make: () => {
      const closing = closingOf(plain);
      return toVerify(plain, logFiles(plain, { closing: { ...closing, participation: closing.participation - 1 } }));
    },
  },
  {
    number: '21',
    change: 'A paper ballot is opened as another option',
    reason: 'opening',
    make: () => {
      const openings = openingsOf(paper, (channel) => channel === 2);
      const text = canonicalBallotText(otherChoice(paper.ballots[paperPlaces[0]!]!.ballot));
      return toVerify(paper, logFiles(paper, { openings: openings.with(0, { ...openings[0]!, text }) }));
    },
  },
  {
    number: '22',
    change: 'One paper ballot is not opened',
    reason: 'opening-missing',
    make: () => {
      const openings = openingsOf(paper, (channel) => channel === 2);
      return toVerify(paper, logFiles(paper, { openings: openings.toSpliced(4, 1) }));
    },
  },
  {
    number: '34',
    change: 'One vote is moved between options in the results, and the rest is counted from that',
    reason: 'results-sums',
    make: () => {
      const first = paper.ballots[0]!;
      const counted = resultsOfDraft(replaced(paper, 0, { ...first, ballot: otherChoice(first.ballot) }));
      const results = { ...counted, record: resultsOfDraft(paper).record };
      return toVerify(paper, logFiles(paper, { results }), { openings: onlineOpenings(paper) });
    },
  },
  {
    number: '35',
    change: 'One seat is moved, and the votes are right',
    reason: 'results-count',
    make: () => {
      const results = structuredClone(resultsOfDraft(paper));
      const council = results.contests.find(({ contestId }) => contestId === 'council');
      if (council?.kind === 'seats') {
        council.options[0]!.seats -= 1;
        council.options[1]!.seats += 1;
      }
      return toVerify(paper, logFiles(paper, { results }));
    },
  },
  {
    number: '36a',
    change: 'The results name no tree, and there is no closing document',
    reason: 'results-record',
    make: () => {
      const { record: _record, ...results } = resultsOfDraft(paper);
      return toVerify(paper, logFiles(paper, { results, closing: null }));
    },
  },
  {
    number: '36b',
    change: 'The results are of another tree',
    reason: 'results-record',
    make: () => {
      const results = resultsOfDraft(paper);
      const root = Buffer.from(checkpointOf(paper, 200).root).toString('base64url');
      return toVerify(
        paper,
        logFiles(paper, { results: { ...results, record: { ...results.record, size: 200, root } } }),
      );
    },
  },
  {
    number: '38',
    change: 'The key of receipts is exchanged in the manifest, and everything is signed again',
    reason: 'manifest-hash',
    make: () => {
      const draft = smallElection(
        { ...plainElection, changes: { receipts: namedPublicKey(otherKey) } },
        { ...plain.keys, receipts: otherKey },
      );
      return { ...toVerify(draft, logFiles(draft)), anchor: plain.names.manifestHash };
    },
  },
  {
    number: '39',
    change: 'A ballot is left out and called repeated',
    reason: 'repeated-entries',
    make: () => {
      const draft = { ...withBallots(plain, plain.ballots.toSpliced(5, 1)), repeated: [plain.ballots[5]!] };
      return toVerify(draft, logFiles(draft));
    },
  },
  {
    number: '40',
    change: 'The results have a repeated ballot fewer than the closing document',
    reason: 'results-sums',
    make: () => {
      const results = resultsOfDraft({ ...changed, repeated: changed.repeated.slice(1) });
      return toVerify(changed, logFiles(changed, { results }));
    },
  },
  {
    number: '41a',
    change: 'The results treat an option as withdrawn that was not',
    reason: 'results-count',
    make: () => {
      const results = resultsOfDraft(changed);
      const closing = { ...closingOf(changed), withdrawn: changed.withdrawn.slice(0, 1) };
      return toVerify(changed, logFiles(changed, { closing, results }));
    },
  },
  {
    number: '41b',
    change: 'An option wins that was withdrawn',
    reason: 'results-count',
    make: () => {
      const results = resultsOfDraft({ ...changed, withdrawn: [] });
      return toVerify(changed, logFiles(changed, { results }));
    },
  },
  {
    number: '42',
    change: 'The closing document withdraws an option that the election does not have',
    reason: 'closing-signature',
    make: () => {
      const closing = closingOf(changed);
      const withdrawn = closing.withdrawn.map((option) => ({ ...option, optionId: 'other' }));
      return toVerify(changed, logFiles(changed, { closing: { ...closing, withdrawn } }));
    },
  },
  {
    number: '43a',
    change: 'A ballot is left out, and its entry is put under the cast tag of another ballot',
    reason: 'repeated-entries',
    make: () => {
      const dropped = plain.ballots[5]!;
      const entry = Buffer.from(dropped.entry);
      entry.set(plain.ballots[6]!.head.castTag, 3);
      const draft = { ...withBallots(plain, plain.ballots.toSpliced(5, 1)), repeated: [{ ...dropped, entry }] };
      return toVerify(draft, logFiles(draft));
    },
  },
  {
    number: '43b',
    change: 'A repeated ballot is signed by another key',
    reason: 'repeated-entries',
    make: () => withRepeated((ballot) => signedEntry(otherKey, changed.names, ballot.head)),
  },
  {
    number: '44a',
    change: 'An entry of the log is called repeated',
    reason: 'repeated-entries',
    make: () => withRepeated(() => changed.ballots[0]!.entry),
  },
  {
    number: '44b',
    change: 'A repeated ballot is there twice',
    reason: 'repeated-entries',
    make: () => withRepeated(() => changed.repeated[1]!.entry),
  },
  {
    number: '45a',
    change: 'A repeated ballot is of a kind that the election does not have',
    reason: 'repeated-entries',
    make: () =>
      withRepeated(({ head }) =>
        signedEntry(changed.keys.receipts, changed.names, { ...head, kind: entryKinds.sealed }),
      ),
  },
  {
    number: '45b',
    change: 'A repeated ballot is of the channel of paper',
    reason: 'repeated-entries',
    make: () => withRepeated(({ head }) => signedEntry(changed.keys.receipts, changed.names, { ...head, channel: 2 })),
  },
  {
    number: '46a',
    change: 'The closing document names no file of repeated ballots',
    reason: 'repeated-entries',
    make: () => toVerify(changed, logFiles(changed, { closing: { ...closingOf(changed), repeatedHash: null } })),
  },
  {
    number: '46b',
    change: 'The file of repeated ballots is not there',
    reason: 'repeated-entries',
    make: () => {
      const served = logFiles(changed);
      served.delete(repeatedPath);
      return toVerify(changed, served);
    },
  },
  {
    number: '46c',
    change: 'The closing document names a file of repeated ballots where there are none',
    reason: 'repeated-entries',
    make: () => {
      const closing = { ...closingOf(plain), ...repeatedHashOf(new Uint8Array()) };
      return toVerify(plain, logFiles(plain, { closing }).set(repeatedPath, new Uint8Array()));
    },
  },
  {
    number: '47a',
    change: 'The file of repeated ballots is another one',
    reason: 'repeated-entries',
    make: () => {
      const [{ head, ...first }, ...others] = changed.repeated as [LoggedBallot, ...LoggedBallot[]];
      const other = { ...head, content: sha256(Buffer.from('another ballot')) };
      const entry = signedEntry(changed.keys.receipts, changed.names, other);
      const file = repeatedFile({ repeated: [{ ...first, head: other, entry }, ...others] });
      return toVerify(changed, logFiles(changed).set(repeatedPath, file!));
    },
  },
  {
    number: '47b',
    change: 'The file of repeated ballots has one fewer than the closing document says',
    reason: 'repeated-entries',
    make: () => withRepeatedFile((bytes) => bytes.subarray(131)),
  },
  {
    number: '47c',
    change: 'The file of repeated ballots is cut',
    reason: 'repeated-entries',
    make: () => withRepeatedFile((bytes) => bytes.subarray(0, -1)),
  },
  {
    number: '47d',
    change: 'The repeated ballots are not in their order',
    reason: 'repeated-entries',
    make: () => withRepeatedFile((bytes) => Buffer.concat([bytes.subarray(131), bytes.subarray(0, 131)])),
  },
  {
    number: '48',
    change: 'The receipt of a repeated ballot is given',
    reason: 'receipt-repeated',
    make: () =>
      toVerify(changed, logFiles(changed), {
        receipts: [receiptOfBallot(changed.keys, changed.names, changed.repeated[2]!)],
      }),
  },
  ...(['publisher', 'receipts', 'deposits', 'log'] as const).map((name, n) => ({
    number: `49${'abcd'.charAt(n)}`,
    change: `The key of ${name} is another than the one given`,
    reason: 'foreign-key',
    make: () => toVerify(plain, logFiles(plain), { keys: { ...keysOf(plain), [name]: namedPublicKey(otherKey).x } }),
  })),
];
