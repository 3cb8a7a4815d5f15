// Builds the record of a small election for the tests of the verifier, from docs/verify.md alone: it shares no code with the
// verifier nor with the services that write records.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';
import { countContest } from '../../../src/domain/counting/counting-methods.ts';
import type { Contest } from '../../../src/domain/election.ts';
import type { RecordSource } from '../../../src/verifier/reading/record-source.ts';

export const sha = (...parts: (Uint8Array | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export type BuiltKey = { readonly secret: KeyObject; readonly x: Buffer };

/** A key that is the same in every run. */
export function builtKey(name: string): BuiltKey {
  const key = builtKeys.get(name) ?? makeKey(name);
  builtKeys.set(name, key);
  return key;
}

const builtKeys = new Map<string, BuiltKey>();
function makeKey(name: string): BuiltKey {
  const seed = sha('test key', name);
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  const secret = createPrivateKey({ key: Buffer.concat([prefix, seed]), format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(secret).export({ format: 'jwk' });
  return { secret, x: Buffer.from(x, 'base64url') };
}

export const signed = (name: string, body: object, kid: string, key: BuiltKey): Buffer => {
  const text = canonicalize(body) ?? '';
  const value = sign(null, Buffer.from(text), key.secret).toString('base64url');
  return Buffer.from(JSON.stringify({ [name]: body, signature: { kid, alg: 'EdDSA', value } }, null, 1));
};

const kinds = { log: 1, witness: 4 };
const keyId = (name: string, kind: number, x: Buffer) => sha(name, '\n', Buffer.of(kind), x).subarray(0, 4);
export const witnessText = (name: string): string => {
  const { x } = builtKey(name);
  const encoded = Buffer.concat([Buffer.of(kinds.witness), x]).toString('base64');
  return `${name}+${keyId(name, kinds.witness, x).toString('hex')}+${encoded}`;
};

export type Cosigning = {
  readonly name: string;
  readonly seconds?: number;
  readonly text?: string;
  readonly key?: string;
};

/** A checkpoint with the signature of the log and cosignatures. */
export function builtCheckpoint(
  origin: string,
  size: number,
  root: Buffer,
  logKey: BuiltKey,
  cosigning: readonly Cosigning[],
): Buffer {
  const text = `${origin}\n${size}\n${root.toString('base64')}\n`;
  const line = (name: string, id: Buffer, signature: Buffer) =>
    `\u2014 ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
  const own = line(origin, keyId(origin, kinds.log, logKey.x), sign(null, Buffer.from(text), logKey.secret));
  const others = cosigning.map(({ name, seconds = 1_700_000_000, text: other = text, key = name }) => {
    const { secret, x } = builtKey(key);
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(seconds));
    const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${seconds}\n${other}`), secret);
    return line(name, keyId(name, kinds.witness, x), Buffer.concat([time, signature]));
  });
  return Buffer.from(`${text}\n${own}${others.join('')}`);
}

/** The root of RFC 6962 by its recursive definition. */
export function treeRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha('');
  const [only] = leaves;
  if (leaves.length === 1 && only) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha(Buffer.of(1), treeRoot(leaves.slice(0, split)), treeRoot(leaves.slice(split)));
}

const numbered = (index: number): string =>
  index < 1000
    ? String(index).padStart(3, '0')
    : `x${String(Math.floor(index / 1000)).padStart(3, '0')}/${String(index % 1000).padStart(3, '0')}`;
const tiled = (folder: string, index: number, width: number): string =>
  `${folder}/${numbered(index)}${width === 256 ? '' : `.p/${width}`}`;

/** Writes the tiles and bundles of the entries. */
export function writeTree(files: Map<string, Buffer>, entries: readonly Buffer[]): Buffer {
  let level = entries.map((entry) => sha(Buffer.of(0), entry));
  const root = treeRoot(level);
  for (let at = 0; level.length > 0; at += 1) {
    const next: Buffer[] = [];
    for (let first = 0; first < level.length; first += 256) {
      const hashes = level.slice(first, first + 256);
      files.set(tiled(`tile/${at}`, first / 256, hashes.length), Buffer.concat(hashes));
      if (hashes.length === 256) next.push(treeRoot(hashes));
    }
    level = next;
  }
  for (let first = 0; first < entries.length; first += 256) {
    const bundle = entries.slice(first, first + 256);
    const parts = bundle.flatMap((entry) => [Buffer.of(entry.length >> 8, entry.length & 255), entry]);
    files.set(tiled('tile/entries', first / 256, bundle.length), Buffer.concat(parts));
  }
  return root;
}

export const contests: readonly Contest[] = [
  {
    id: 'mayor',
    title: { en: 'Mayor' },
    method: 'plurality',
    minChoices: 1,
    maxChoices: 1,
    abstain: true,
    options: ['ann', 'bob', 'cid'].map((id, place) => ({ id, number: place + 1, title: { en: id } })),
  },
  {
    id: 'council',
    title: { en: 'Council' },
    method: 'dhondt',
    minChoices: 1,
    maxChoices: 1,
    abstain: false,
    seats: 5,
    options: ['red', 'blue'].map((id, place) => ({ id, number: place + 1, title: { en: id } })),
  },
];

export type BuiltBallot = {
  readonly channel: 1 | 2;
  readonly tracker: Buffer;
  readonly castTag: Buffer;
  readonly text: string;
  /** What is opened, where that is another text. */
  readonly openedText?: string;
};

/** Ballots whose choices depend on their number alone. */
export function builtBallot(channel: 1 | 2, number: number, manifestHash: Buffer): BuiltBallot {
  const tracker = sha('tracker', String(channel), String(number));
  const choices = number % 7 === 0 ? [] : [['ann', 'bob', 'cid'][number % 3] ?? 'ann'];
  const council = [number % 5 < 3 ? 'red' : 'blue'];
  return {
    channel,
    tracker,
    castTag:
      channel === 1
        ? sha('popvote/cast-tag/v2\0', sha('ballot key', String(number)))
        : sha('popvote/batch-tag/v2\0', manifestHash, tracker),
    text: JSON.stringify({
      contests: [
        { choices, contestId: 'mayor' },
        { choices: council, contestId: 'council' },
      ],
    }),
  };
}

export type Building = {
  readonly online?: number;
  readonly batch?: number;
  readonly channels?: readonly string[];
  readonly disclosure?: 'none' | 'ballots';
  readonly quorum?: number;
  readonly final?: boolean;
  readonly manifest?: (body: Record<string, unknown>) => Record<string, unknown>;
  /** Changes the ballots before they are signed and logged. */
  readonly ballots?: (ballots: BuiltBallot[], manifestHash: Buffer) => BuiltBallot[];
  /** Changes the entries after they were signed. */
  readonly entries?: (entries: Buffer[]) => Buffer[];
  readonly closing?: (body: Record<string, unknown>) => Record<string, unknown>;
  readonly results?: (body: Record<string, unknown>) => Record<string, unknown>;
  readonly cosigning?: readonly Cosigning[];
  readonly logKey?: string;
  /** The key of the ballot server that the manifest names. Entries are signed by the one called receipts. */
  readonly namedReceiptsKey?: string;
  readonly opened?: (ballot: BuiltBallot, index: number) => boolean;
};

export type BuiltRecord = {
  readonly files: Map<string, Buffer>;
  readonly manifestHash: Buffer;
  readonly origin: string;
  readonly entries: readonly Buffer[];
  readonly ballots: readonly BuiltBallot[];
  readonly root: Buffer;
  readonly receiptOf: (index: number) => Buffer;
};

export const electionId = 'library-2026';
const electionKeys = ['log', 'receipts', 'deposits', 'publisher'] as const;

function builtManifest(building: Building): Record<string, unknown> {
  const [logKey, receipts, deposits, publisher] = electionKeys.map((name) => builtKey(name).x.toString('base64url'));
  const { channels = ['online', 'batches'], disclosure = 'none', quorum = 2, namedReceiptsKey } = building;
  const body = {
    version: 1,
    electionId,
    rehearsal: false,
    contests,
    identity: { scheme: 'hkid' },
    channels,
    minBatch: 50,
    disclosure,
    log: { host: 'vote.example.org', key: logKey },
    receipts: {
      kid: 'receipt-1',
      x: namedReceiptsKey === undefined ? receipts : builtKey(namedReceiptsKey).x.toString('base64url'),
    },
    deposits: { kid: 'deposit-1', x: deposits },
    publisher: { kid: 'publisher-1', x: publisher },
    witnesses: {
      quorum,
      keys: ['w1.example.net/popvote', 'w2.example.net/popvote', 'w3.example.net/popvote'].map(witnessText),
    },
    auditors: { quorum: 0, keys: [] },
    sealing: null,
    tokens: null,
  };
  return building.manifest?.(body) ?? body;
}

/** A record with everything under its prefix. */
export function buildRecord(building: Building = {}): BuiltRecord {
  const publisher = builtKey('publisher');
  const manifest = builtManifest(building);
  const manifestHash = sha('popvote/manifest/v1\0', canonicalize(manifest) ?? '');
  const origin = `vote.example.org/log/${electionId}/${manifestHash.toString('base64url')}`;
  const files = new Map<string, Buffer>([['manifest.json', signed('manifest', manifest, 'publisher-1', publisher)]]);
  const { online = 40, batch = 30, final = true } = building;
  const plain = [
    ...Array.from({ length: online }, (_, n) => builtBallot(1, n, manifestHash)),
    ...Array.from({ length: batch }, (_, n) => builtBallot(2, n, manifestHash)),
  ];
  const ballots = building.ballots?.(plain, manifestHash) ?? plain;
  const signedBallots = ballots.map((ballot) => {
    const { channel, castTag, tracker, text } = ballot;
    const content = sha('popvote/commitment/v2\0', manifestHash, tracker, sha(text));
    const part = Buffer.concat([Buffer.of(2, 0, channel), castTag, content]);
    const { secret } = builtKey(channel === 1 ? 'receipts' : 'deposits');
    const message = Buffer.concat([Buffer.from('popvote/receipt/v2\0'), sha(origin), part]);
    return { ballot, entry: Buffer.concat([part, sign(null, message, secret)]) };
  });
  // In the order of the cast tags, as the log assigns indexes.
  signedBallots.sort((a, b) => a.ballot.castTag.compare(b.ballot.castTag));
  const inOrder = signedBallots.map(({ ballot }) => ballot);
  const all = signedBallots.map(({ entry }) => entry);
  const entries = building.entries?.(all) ?? all;
  const root = writeTree(files, entries);
  const cosigning = building.cosigning ?? [{ name: 'w1.example.net/popvote' }, { name: 'w2.example.net/popvote' }];
  files.set('checkpoint', builtCheckpoint(origin, entries.length, root, builtKey(building.logKey ?? 'log'), cosigning));
  if (final) writeFinal(files, building, { origin, size: entries.length, root, ballots: inOrder });
  return {
    files,
    manifestHash,
    origin,
    entries,
    ballots: inOrder,
    root,
    receiptOf: (index) => builtReceipt(origin, all[index] ?? Buffer.alloc(131)),
  };
}

export function builtReceipt(origin: string, entry: Buffer): Buffer {
  const body = {
    version: 2,
    electionId,
    origin,
    kind: entry[1],
    castTag: entry.subarray(3, 35).toString('base64url'),
    content: entry.subarray(35, 67).toString('base64url'),
    signature: entry.subarray(67).toString('base64url'),
    kid: 'receipt-1',
  };
  return Buffer.from(JSON.stringify(body));
}

type FinalTree = {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  readonly ballots: readonly BuiltBallot[];
};

function writeFinal(files: Map<string, Buffer>, building: Building, tree: FinalTree): void {
  const { origin, size, root, ballots } = tree;
  const publisher = builtKey('publisher');
  const online = ballots.filter(({ channel }) => channel === 1).length;
  const batch = ballots.length - online;
  const closing = {
    version: 1,
    origin,
    size,
    root: root.toString('base64url'),
    online,
    batch,
    repeated: 0,
    participation: online,
    participants: sha('participants').toString('base64url'),
    closedAt: '2026-06-21T18:00:00Z',
    withdrawn: [],
    batches: batch === 0 ? [] : [{ batchId: 'batch-1', rows: batch + 2, counted: batch, invalid: 1, missing: 1 }],
  };
  files.set('closing.json', signed('closing', building.closing?.(closing) ?? closing, 'publisher-1', publisher));
  const results = {
    ...builtResults(ballots),
    record: { origin, size, root: root.toString('base64url') },
  };
  files.set('results.json', signed('results', building.results?.(results) ?? results, 'publisher-1', publisher));
  const opens = building.opened ?? (({ channel }) => channel === 2 || building.disclosure === 'ballots');
  for (const [path, bytes] of builtOpenings(ballots, opens)) files.set(path, bytes);
}

/** Openings by bundle. */
export function builtOpenings(
  ballots: readonly BuiltBallot[],
  opens: (ballot: BuiltBallot, index: number) => boolean,
): Map<string, Buffer> {
  const bundles = new Map<string, Buffer>();
  for (const [index, ballot] of ballots.entries()) {
    if (!opens(ballot, index)) continue;
    const text = Buffer.from(ballot.openedText ?? ballot.text);
    const head = Buffer.alloc(38);
    head.writeUInt32BE(index, 0);
    ballot.tracker.copy(head, 4);
    head.writeUInt16BE(text.length, 36);
    const path = `opening/${numbered(Math.floor(index / 256))}`;
    bundles.set(path, Buffer.concat([bundles.get(path) ?? Buffer.alloc(0), head, text]));
  }
  return bundles;
}

/** The results of ballots, counted by the platform. */
function builtResults(ballots: readonly BuiltBallot[]): Record<string, unknown> {
  type Answer = { readonly contestId: string; readonly choices: readonly string[] };
  const answers = ballots.map(({ text }) => (JSON.parse(text) as { contests: Answer[] }).contests);
  const online = ballots.filter(({ channel }) => channel === 1).length;
  const batch = ballots.length - online;
  return {
    electionId,
    revision: 1,
    closedAt: '2026-06-21T18:00:00Z',
    rehearsal: false,
    turnout: { eligible: null, online, batches: batch + (batch > 0 ? 1 : 0) },
    reconciliation: {
      online: { received: online, valid: online, invalid: 0 },
      batches: {
        received: batch + (batch > 0 ? 1 : 0),
        valid: batch,
        invalid: batch > 0 ? 1 : 0,
        files: batch > 0 ? 1 : 0,
        invalidByReason: batch > 0 ? [{ reason: 'Invalid poll number.', rows: 1 }] : [],
        missing: batch > 0 ? 1 : 0,
      },
    },
    contests: contests.map((contest) => {
      const choicesOfAll = answers.map(
        (answer) => answer.find(({ contestId }) => contestId === contest.id)?.choices ?? [],
      );
      const valid = choicesOfAll.filter((choices) => choices.length > 0).length;
      const votes = contest.options.map(({ id }) => ({
        optionId: id,
        votes: choicesOfAll.filter((choices) => choices.includes(id)).length,
      }));
      const totals = { votes, valid, abstained: choicesOfAll.length - valid };
      return countContest(contest, totals, null, { invalid: batch > 0 ? 1 : 0, entitled: null, group: null });
    }),
  };
}

/** A source that reads the files of a record in memory. */
export const memorySource = (files: ReadonlyMap<string, Buffer>): RecordSource => {
  const read = (path: string, bytesMax: number) => Promise.resolve(files.get(path)?.subarray(0, bytesMax + 1) ?? null);
  return {
    name: 'memory',
    readManifest: (bytesMax) => read('manifest.json', bytesMax),
    read: (_hash, path, bytesMax) => read(path, bytesMax),
  };
};
