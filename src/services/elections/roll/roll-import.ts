// Imports a roll from a file, or compares one with the roll first. The file is read as a stream. Each person becomes a
// keyed name and a sealed number at once, which the database compares with the rows above and with the roll. Only then,
// and only without `dryRun`, is anything changed: in the database first, and from there in `ballots`. No number is
// logged or quoted, and rows are reported by their place.
import { createHash, randomUUID } from 'node:crypto';
import { retrySoon } from '../../../platform/http/problems.ts';
import { createRollReader } from '../../../domain/roll/roll-file.ts';
import type { RollRow } from '../../../domain/roll/roll-file.ts';
import type { AskedColumns } from '../../../domain/roll/roll-layout.ts';
import type { RollQuery, RollReport } from '../../../protocol/control/roll-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { Pool } from '../../../store/database.ts';
import {
  applyRoll,
  beginRollUpload,
  endRollUpload,
  leaveMissing,
  missingInUpload,
  stageRoll,
} from '../../../store/elections/rolls.ts';
import type { AppliedPart, StagedPerson } from '../../../store/elections/rolls.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import { changeableRoll, checkBallots } from './roll-election.ts';
import type { ChangeableRoll } from './roll-election.ts';
import { rollFaultProblem } from './roll-faults.ts';
import { createRollCounts } from './roll-report.ts';
import { sealedPersonText } from './roll-seal.ts';
import type { RollSeal } from './roll-seal.ts';
import type { RollSeals } from './roll-seals.ts';
import type { RollSettling } from './roll-settling.ts';

/** People in one statement. */
const partPeopleMax = 2_000;
/** Concurrent imports in one process. Others are rejected with `busy`. */
const importsMax = 2;

export type RollImport = {
  /**
   * Changes the roll of an election by a file, or with `dryRun` reports what it would do. Throws `election-not-found`,
   * `conflict`, `invalid-request`, `roll-columns`, `payload-too-large` and `busy`. See `rollReport`.
   */
  add(
    caller: Caller,
    electionId: string,
    query: RollQuery,
    file: AsyncIterable<Buffer>,
    approval?: RollApproval,
  ): Promise<RollReport>;
};
export type RollApproval = {
  /** What is audited. */
  readonly act: 'election.check-roll' | 'election.import-roll';
  /**
   * Called before anything is changed, with the file's SHA-256 and the state in which the roll changes or not at all.
   * Returns whether the roll is changed.
   */
  readonly approve: (file: { readonly sha256: string; readonly state: ChangeableRoll['state'] }) => Promise<boolean>;
};

type Parts = {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly ballots: Pick<BallotsCalls, 'counts'>;
  readonly settling: Pick<RollSettling, 'settle'>;
  readonly seals: RollSeals;
};

export function createRollImport(parts: Parts): RollImport {
  let underWay = 0;
  return {
    async add({ actor, request }, id, query, file, approval) {
      if (underWay >= importsMax) throw new Problem('busy', { ...retrySoon(), detail: tooMany });
      underWay += 1;
      try {
        const act = approval?.act ?? (query.dryRun ? 'election.check-roll' : 'election.import-roll');
        const action = { actor, request, act, object: { kind: 'election', id } } as const;
        return await parts.audit.record(action, async () => {
          const roll = await changeableRoll(parts.pool, id, query.mode);
          if (query.second !== undefined && roll.second === undefined) throw noSecondElement();
          const report = await importFile(parts, roll, query, { file, approval });
          return { result: report, changed: { roll: { to: auditedCounts(report) } } };
        });
      } finally {
        underWay -= 1;
      }
    },
  };
}

const tooMany = 'Too many rolls are being imported. Send the file again when one is complete. Nothing was changed.';

const noSecondElement = (): Problem =>
  new Problem('invalid-request', {
    errors: [{ path: 'querystring/second', detail: 'This election has no second element. Leave out “second”.' }],
  });

const auditedCounts = ({ mode, rows, added, changed, removed, alreadyThere, collision, malformed }: RollReport) => ({
  mode,
  rows,
  added,
  changed,
  removed,
  alreadyThere,
  collision,
  malformed,
});

async function importFile(
  parts: Parts,
  roll: ChangeableRoll,
  query: RollQuery,
  { file, approval }: { readonly file: AsyncIterable<Buffer>; readonly approval: RollApproval | undefined },
): Promise<RollReport> {
  const { pool } = parts;
  const hash = createHash('sha256');
  const upload = randomUUID();
  const { electionId, second = null } = roll;
  await beginRollUpload(pool, upload, { electionId, mode: query.mode, second });
  try {
    const counts = createRollCounts(query);
    await stageFile(
      parts,
      { upload, roll, query, counts },
      observed(file, (bytes) => hash.update(bytes)),
    );
    const report = counts.finish();
    if (query.mode === 'replace') report.removed = await missingInUpload(pool, upload, partPeopleMax);
    if (query.dryRun) return report;
    rejectDoubtful(report);
    rejectChangedElements(roll, report);
    await checkBallots(parts.ballots, roll);
    const sha256 = hash.digest('hex');
    if (approval && !(await approval.approve({ sha256, state: roll.state }))) return { ...report, dryRun: true };
    return await carryOut(parts, roll, upload, report);
  } finally {
    await endRollUpload(pool, upload);
  }
}

async function* observed(file: AsyncIterable<Buffer>, see: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const bytes of file) {
    see(bytes);
    yield bytes;
  }
}

type Staging = {
  readonly upload: string;
  readonly roll: ChangeableRoll;
  readonly query: RollQuery;
  readonly counts: ReturnType<typeof createRollCounts>;
};

async function stageFile(
  { pool, seals }: Parts,
  { upload, roll, query, counts }: Staging,
  file: AsyncIterable<Buffer>,
): Promise<void> {
  const seal = await seals(roll.electionId);
  const people: StagedPerson[] = [];
  const labelled = query.label !== undefined;
  const stage = async (least: number): Promise<void> => {
    while (people.length >= least) counts.outcomes(await stageRoll(pool, upload, people.splice(0, partPeopleMax)));
  };
  const reader = createRollReader(columnsOf(roll, query), (row) => {
    counts.row(row);
    if (row.kind === 'person') people.push(stagedPerson(seal, row, labelled));
  });
  for await (const bytes of file) {
    const fault = reader.add(bytes);
    if (fault !== null) throw rollFaultProblem(fault);
    await stage(partPeopleMax);
  }
  const fault = reader.end();
  if (fault !== null) throw rollFaultProblem(fault);
  await stage(1);
}

// Who leaves a roll is known by the number alone.
const columnsOf = ({ second }: ChangeableRoll, { column, heading, label, ...query }: RollQuery): AskedColumns => ({
  column,
  heading,
  label,
  ...(second !== undefined && query.mode !== 'remove' && { second: { kind: second, column: query.second } }),
});

const none = Buffer.alloc(0);

function stagedPerson(
  seal: RollSeal,
  { row, canonical, spelling, label, second }: RollRow & { readonly kind: 'person' },
  labelled: boolean,
): StagedPerson {
  const person = sealedPersonText(spelling, second);
  return {
    line: row,
    name: seal.name(canonical),
    spelling: seal.mark('spelling', person),
    labelMark: labelled ? seal.mark('label', label) : none,
    number: seal.seal(person),
    label: labelled ? seal.seal(label) : none,
  };
}

// A malformed row may be a person who is on the roll: to take everyone else off it would take that person off too.
function rejectDoubtful({ mode, malformed, collision, added, changed, alreadyThere }: RollReport): void {
  if (mode !== 'replace') return;
  if (malformed + collision > 0) {
    const rows = malformed + collision;
    const detail = `The file is to replace the whole roll, and ${rows} of its rows cannot be read as a person.`;
    throw new Problem('conflict', { detail: `${detail} Check the file, and correct them. Nothing was changed.` });
  }
  if (added + changed + alreadyThere === 0) {
    throw new Problem('conflict', {
      detail: 'The file has no people, and a roll is not emptied. Nothing was changed.',
    });
  }
}

// `ballots` has a digest of number and second element. To change an element there, the person leaves first.
function rejectChangedElements({ state, second }: ChangeableRoll, { mode, changed, changedRows }: RollReport): void {
  if (mode !== 'replace' || second === undefined || state !== 'announced' || changed === 0) return;
  throw new Problem('conflict', {
    detail: changedElements,
    errors: changedRows.map((row) => ({ path: `row/${row}`, detail: 'On the roll this person is written otherwise.' })),
  });
}

const changedElements =
  'The election is announced, and people on its roll have another second element, spelling or label in this file. Take ' +
  'them off first (mode `remove`), then add them (mode `add`). Mode `add` also changes labels. Nothing was changed.';

async function carryOut(parts: Parts, roll: ChangeableRoll, upload: string, report: RollReport): Promise<RollReport> {
  const done = { added: 0, changed: 0, removed: 0 };
  const { pool } = parts;
  for await (const part of applyRoll(pool, upload, roll.state, partPeopleMax)) {
    rejectOtherState(part.state, done.added);
    done.added += part.added;
    done.changed += part.changed;
    done.removed += part.removed;
  }
  if (report.mode === 'replace') {
    for await (const part of leaveMissing(pool, upload, roll.state, partPeopleMax)) {
      rejectOtherState(part.state, done.added);
      done.removed += part.missing;
    }
  }
  // Another import may have added some of them meanwhile.
  const alreadyThere = report.alreadyThere + (report.added - done.added) + (report.changed - done.changed);
  const notOnRoll = report.notOnRoll + (report.mode === 'remove' ? report.removed - done.removed : 0);
  const settled = await settleOrReject(parts.settling, roll);
  return Object.assign(report, done, { alreadyThere, notOnRoll, settled });
}

// Who may change a roll alone depends on the state, so the file is not carried out in another one.
function rejectOtherState(state: AppliedPart['state'], added: number): void {
  if (state === 'closed') throw new Problem('conflict', { detail: closedMeanwhile(added) });
  if (state === 'other') throw new Problem('conflict', { detail: electionChanged });
}

export const electionChanged =
  'The election was changed or announced meanwhile. Check the file again: some of its people may be on the roll already.';
const closedMeanwhile = (added: number): string =>
  `The roll can no longer change. ${added} people were added before that and stay on it.`;

/**
 * Waits until `ballots` has the changes of a roll; false where they are sent later. Throws `conflict` where `ballots`
 * refuses them.
 */
export async function settleOrReject(
  settling: Pick<RollSettling, 'settle'>,
  { electionId, state }: ChangeableRoll,
): Promise<boolean> {
  if (state !== 'announced') return true;
  const outcome = await settling.settle(electionId);
  if (outcome === 'refused') throw new Problem('conflict', { detail: openedMeanwhile });
  return outcome === 'settled';
}

const openedMeanwhile =
  'The election has opened or closed meanwhile. No one leaves its roll any more; people who were added stay on it.';
