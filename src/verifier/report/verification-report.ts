// The report of a verification: what each step gave, every failure once, and the exit code.
import { verifierExits, missingCodes, noteCodes, reasonsOfSteps, stepNumbers } from './reasons.ts';
import type { FailureReason, MissingCode, NoteCode, Step } from './reasons.ts';

export type StepOutcome = 'passed' | 'failed' | 'skipped' | 'missing';
export type ReportAnchor = 'manifest' | 'publisher' | 'none';
export type TreeFacts = { readonly size: number; readonly root: Buffer };

/** The report as JSON: the members in this order. */
export type VerificationReport = {
  readonly verifier: 'popvote-verify';
  readonly reportVersion: 1;
  readonly electionId: string;
  readonly origin: string | null;
  readonly anchor: ReportAnchor;
  readonly size: number | null;
  readonly root: string | null;
  readonly witnesses: number;
  readonly quorum: number;
  readonly final: boolean;
  readonly steps: readonly { readonly step: Step; readonly outcome: StepOutcome }[];
  readonly failures: readonly { readonly step: Step; readonly reason: FailureReason }[];
  readonly missing: readonly MissingCode[];
  readonly notes: readonly NoteCode[];
  readonly exit: number;
};

export type ReportDraft = {
  readonly fail: (step: Step, reason: FailureReason) => void;
  /** Says that a step was made. It passes if it has no failure. */
  readonly judge: (step: Step) => void;
  /** Says that the subject of a step does not exist yet. */
  readonly miss: (step: Step) => void;
  readonly hasPassed: (step: Step) => boolean;
  readonly hasFailed: (step: Step) => boolean;
  readonly missDocument: (code: MissingCode) => void;
  readonly note: (code: NoteCode) => void;
  readonly setOrigin: (origin: string) => void;
  readonly setTree: (tree: TreeFacts) => void;
  readonly setWitnesses: (witnesses: number, quorum: number) => void;
  /** `readable`: whether everything that was asked for could be read. */
  readonly finish: (readable: boolean) => VerificationReport;
};

/** An empty report. A step about which nothing is said is skipped. */
export function createReportDraft(electionId: string, anchor: ReportAnchor): ReportDraft {
  const failures = new Map<Step, Set<FailureReason>>();
  const outcomes = new Map<Step, StepOutcome>();
  const missing = new Set<MissingCode>();
  const notes = new Set<NoteCode>();
  let origin: string | null = null;
  let tree: TreeFacts | null = null;
  let witnesses = { witnesses: 0, quorum: 0 };

  const outcomeOf = (step: Step): StepOutcome => (failures.has(step) ? 'failed' : (outcomes.get(step) ?? 'skipped'));
  return {
    fail: (step, reason) => {
      const reasons: readonly FailureReason[] = reasonsOfSteps[step];
      if (!reasons.includes(reason)) throw new RangeError(`step ${step} has no reason ${reason}`);
      failures.set(step, (failures.get(step) ?? new Set()).add(reason));
    },
    judge: (step) => void outcomes.set(step, 'passed'),
    miss: (step) => void outcomes.set(step, 'missing'),
    hasPassed: (step) => outcomeOf(step) === 'passed',
    hasFailed: (step) => failures.has(step),
    missDocument: (code) => void missing.add(code),
    note: (code) => void notes.add(code),
    setOrigin: (text) => void (origin = text),
    setTree: (facts) => void (tree = facts),
    setWitnesses: (count, quorum) => void (witnesses = { witnesses: count, quorum }),
    finish: (readable) => ({
      verifier: 'popvote-verify',
      reportVersion: 1,
      electionId,
      origin,
      anchor,
      size: tree?.size ?? null,
      root: tree?.root.toString('base64url') ?? null,
      ...witnesses,
      final: readable && tree !== null && missing.size === 0,
      steps: stepNumbers.map((step) => ({ step, outcome: outcomeOf(step) })),
      failures: stepNumbers.flatMap((step) =>
        [...(failures.get(step) ?? [])].sort().map((reason) => ({ step, reason })),
      ),
      missing: missingCodes.filter((code) => missing.has(code)),
      notes: noteCodes.filter((code) => notes.has(code)),
      exit: exitCode(readable, failures.size, missing.size),
    }),
  };
}

function exitCode(readable: boolean, failures: number, missing: number): number {
  if (!readable) return verifierExits.unreadable;
  if (failures > 0) return verifierExits.failed;
  return missing > 0 ? verifierExits.notFinal : verifierExits.verified;
}
