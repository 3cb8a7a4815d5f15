// Examples of rolls in the API description.
import type { RollPage, RollReport, RollRemoval } from '../../../protocol/control/roll-api.ts';

const report: RollReport = {
  dryRun: false,
  mode: 'add',
  rows: 12_006,
  title: 1,
  heading: 1,
  blank: 1,
  added: 11_998,
  changed: 0,
  alreadyThere: 1,
  removed: 0,
  notOnRoll: 0,
  duplicate: 1,
  collision: 1,
  malformed: 2,
  malformedRows: [
    { row: 318, reason: 'not-a-number' },
    { row: 7_411, reason: 'quotes' },
  ],
  repeatedRows: [
    { row: 512, firstRow: 40, kind: 'duplicate' },
    { row: 9_001, firstRow: 73, kind: 'collision' },
  ],
  changedRows: [],
  notOnRollRows: [],
  settled: true,
  warnings: [{ kind: 'mixed-lengths', count: 2, rows: [88, 4_210] }],
};

const page: RollPage = {
  people: [
    { number: 'A123456(3)', label: 'Ana Anić', state: 'on-roll' },
    { number: '1/11', label: '', state: 'waiting' },
  ],
  next: '51',
  total: 11_998,
  unlisted: 0,
};

const removal: RollRemoval = { number: '1/11', reason: 'Left the association in May.' };

export const rollExamples = { report, page, removal } as const;
