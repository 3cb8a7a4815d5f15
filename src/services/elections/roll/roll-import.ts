// Imports a roll. The file is read as a stream, numbers become keyed digests at once, and digests go to `ballots` in
// parts. No number is sent, stored, logged or quoted, and a malformed row is reported by its row number only. After a
// failure, people already added stay on the roll, and the same file again adds the rest.
import { setTimeout as pause } from 'node:timers/promises';
import { keyedHash } from '../../../platform/keys/keyed-hash.ts';
import type { HashKey } from '../../../platform/keys/keyed-hash.ts';
import { isUnavailable } from '../../../platform/dependency-failures.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { identityText, rollIdentitiesMax } from '../../../protocol/ballot-service.ts';
import { malformedRowsNamedMax } from '../../../protocol/control/election-lifecycle-api.ts';
import type { RollReport } from '../../../protocol/control/election-lifecycle-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionDefinition } from '../../../protocol/public-document.ts';
import type { Pool } from '../../../store/database.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import { rollLines } from './roll-lines.ts';

/** Largest file, in bytes: ten million numbers with other columns. */
export const rollBytesMax = 512 * 1_048_576;
/** Digests in one call. */
const partIdentitiesMax = Math.min(5_000, rollIdentitiesMax);
/** Concurrent calls for one file, so that the next part is read while one is stored. */
const partsInFlightMax = 2;
/** Most tries of one part, and the base of the pause between tries, in milliseconds. */
const partTriesMax = 4;
const partPauseMs = 250;
/** Concurrent imports in one process. Others are rejected with `busy`. */
const importsMax = 2;

export type RollImport = {
  /**
   * Adds the people in a file to the roll of an election. Throws `election-not-found`, `conflict`, `invalid-request`,
   * `payload-too-large` above `rollBytesMax`, and `busy`. See `rollReport`.
   */
  add(caller: Caller, electionId: string, file: AsyncIterable<Buffer>): Promise<RollReport>;
};

type Parts = {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly ballots: BallotsCalls;
  /** Key of the first keyed hash of an identity, shared with `api`. */
  readonly identityKey: HashKey;
};

export function createRollImport(parts: Parts): RollImport {
  let underWay = 0;
  return {
    async add({ actor, request }, id, file) {
      if (underWay >= importsMax) throw new Problem('busy', { ...retrySoon(), detail: tooMany });
      underWay += 1;
      try {
        const action = { actor, request, act: 'election.import-roll', object: { kind: 'election', id } } as const;
        return await parts.audit.record(action, async () => {
          await checkRoll(parts.pool, id);
          const report = await importFile(parts, id, file);
          const { malformedRows: _named, ...counts } = report;
          return { result: report, changed: { roll: { to: counts } } };
        });
      } finally {
        underWay -= 1;
      }
    },
  };
}

const tooMany = 'Too many rolls are being imported. Send the file again when one is complete. Nothing was added.';

async function checkRoll(pool: Pool, id: string): Promise<void> {
  const row = await findLifecycle(pool, id);
  if (!row) throw new Problem('election-not-found');
  if (row.announced === null) {
    throw new Problem('conflict', {
      detail: 'Announce the election first. It has no roll before that. Nothing was added.',
    });
  }
  if (electionDefinition.parse(row.announced).identity.scheme !== 'roll') {
    throw new Problem('conflict', { detail: 'This election’s identity scheme has no roll. Nothing was added.' });
  }
}

async function importFile(parts: Parts, electionId: string, file: AsyncIterable<Buffer>): Promise<RollReport> {
  const report = { rows: 0, heading: 0, added: 0, alreadyThere: 0, malformed: 0, blank: 0 };
  const malformedRows: RollReport['malformedRows'] = [];
  const sending = createSending(parts.ballots, electionId, report);
  let identities: string[] = [];
  try {
    for await (const line of rollLines(textOf(file))) {
      report.rows += 1;
      if (line.kind === 'malformed') {
        report.malformed += 1;
        if (malformedRows.length < malformedRowsNamedMax) malformedRows.push({ row: line.row, reason: line.reason });
      } else if (line.kind !== 'person') {
        report[line.kind] += 1;
      } else {
        identities.push(keyedHash(parts.identityKey, identityText(electionId, 'roll', line.canonical)));
        if (identities.length >= partIdentitiesMax) {
          await sending.send(identities);
          identities = [];
        }
      }
    }
    if (identities.length > 0) await sending.send(identities);
  } finally {
    // Waits for parts in flight, so that the report is correct.
    await sending.done();
  }
  sending.check();
  return { ...report, malformedRows };
}

type Sending = {
  /** Resolves when another part can be sent. Throws an earlier failure. */
  send(identities: readonly string[]): Promise<void>;
  /** Resolves when no part is in flight. Never throws. */
  done(): Promise<void>;
  check(): void;
};

function createSending(
  ballots: BallotsCalls,
  electionId: string,
  counts: { added: number; alreadyThere: number },
): Sending {
  const underWay = new Set<Promise<void>>();
  let failure: unknown;
  const check = (): void => {
    if (failure !== undefined) throw stopped(failure, counts.added);
  };
  return {
    async send(identities) {
      const part = sendPart(ballots, electionId, identities)
        .then((answer) => {
          counts.added += answer.added;
          counts.alreadyThere += answer.alreadyThere;
        })
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => underWay.delete(part));
      underWay.add(part);
      if (underWay.size >= partsInFlightMax) await Promise.race(underWay);
      check();
    },
    async done() {
      await Promise.all(underWay);
    },
    check,
  };
}

// Sends a part again if its outcome is unknown. People it added before count as `alreadyThere`.
async function sendPart(
  ballots: BallotsCalls,
  electionId: string,
  identities: readonly string[],
): ReturnType<BallotsCalls['addRoll']> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ballots.addRoll(electionId, identities);
    } catch (error) {
      if (!isUnavailable(error) || tries >= partTriesMax) throw error;
      await pause(partPauseMs * 2 ** tries * (0.5 + Math.random()));
    }
  }
}

function stopped(failure: unknown, added: number): unknown {
  const soFar = `${added} people were added before that and stay on the roll. The same file again adds the rest.`;
  if (failure instanceof Problem && !isUnavailable(failure)) {
    return new Problem(failure.code, { detail: `The roll can no longer change. ${soFar}` });
  }
  if (!isUnavailable(failure)) return failure;
  return new Problem('busy', {
    ...retrySoon(),
    detail: `The import stopped because \`ballots\` is unavailable. ${soFar}`,
  });
}

async function* textOf(file: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let bytes = 0;
  for await (const chunk of file) {
    if (bytes === 0 && isUtf16(chunk)) {
      const detail = 'The file is UTF-16. Save it as "CSV UTF-8" and send it again.';
      throw new Problem('invalid-request', { errors: [{ path: 'body', detail }] });
    }
    bytes += chunk.length;
    if (bytes > rollBytesMax) throw new Problem('payload-too-large', { detail: tooLarge });
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

const tooLarge = `A file has at most ${rollBytesMax} bytes. Send it in parts. The rows before that limit are on the roll.`;
const isUtf16 = ([first, second]: Buffer): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
