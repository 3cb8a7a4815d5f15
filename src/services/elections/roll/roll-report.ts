// Counts what a file does to a roll, row by row, and names the first rows of each kind.
import type { RollRow } from '../../../domain/roll/roll-file.ts';
import { createRollWarnings } from '../../../domain/roll/roll-warnings.ts';
import { rowsNamedMax } from '../../../protocol/control/roll-api.ts';
import type { RollQuery, RollReport } from '../../../protocol/control/roll-api.ts';
import type { StagedOutcome } from '../../../store/elections/rolls.ts';

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

export function createRollCounts({ mode, dryRun }: Pick<RollQuery, 'mode' | 'dryRun'>) {
  const report: Mutable<RollReport> = {
    dryRun,
    mode,
    rows: 0,
    title: 0,
    heading: 0,
    blank: 0,
    added: 0,
    changed: 0,
    alreadyThere: 0,
    removed: 0,
    notOnRoll: 0,
    duplicate: 0,
    collision: 0,
    malformed: 0,
    malformedRows: [],
    repeatedRows: [],
    changedRows: [],
    notOnRollRows: [],
    settled: true,
    warnings: [],
  };
  const warnings = createRollWarnings();
  const name = <Row>(rows: Row[], row: Row): void => {
    if (rows.length < rowsNamedMax) rows.push(row);
  };
  return {
    report,
    /** A row of the file. People are counted when they were compared. */
    row(row: RollRow): void {
      report.rows += 1;
      if (row.kind === 'malformed') {
        report.malformed += 1;
        name(report.malformedRows, { row: row.row, reason: row.reason });
      } else if (row.kind === 'person') {
        warnings.add(row.row, row.spelling, row.canonical, row.second);
      } else {
        report[row.kind] += 1;
      }
    },
    /** People as they compare with the roll. */
    outcomes(outcomes: readonly StagedOutcome[]): void {
      for (const { line, outcome, firstLine } of outcomes) {
        if (outcome === 'duplicate' || outcome === 'collision') {
          report[outcome] += 1;
          name(report.repeatedRows, { row: line, firstRow: firstLine, kind: outcome });
        } else if (outcome === 'unchanged') {
          report.alreadyThere += 1;
        } else if (outcome === 'absent') {
          report.notOnRoll += 1;
          name(report.notOnRollRows, line);
        } else {
          report[outcome] += 1;
          if (outcome === 'changed') name(report.changedRows, line);
        }
      }
    },
    finish(): RollReport {
      report.warnings = warnings.list();
      return report;
    },
  };
}
