// What is unusual about the numbers of a roll: rows that are read as people and may yet be wrong. A warning never changes
// a row. It names the first rows, so that a person can look.
import { withPlainSigns } from '../text/typed-number.ts';

/** Rows that a warning names; the rest are counted. */
export const warnedRowsMax = 10;

export const rollWarningKinds = [
  'mixed-lengths',
  'mixed-pin-lengths',
  'letters-among-digits',
  'decimal-point',
  'exponent',
  'date',
  'line-break',
] as const;
/**
 * `mixed-lengths`: of digits, but not of the most frequent length. `mixed-pin-lengths`: the same of PINs. `letters-among-digits`: not of digits alone, as
 * nearly all others are. The others may have been changed by a spreadsheet.
 */
export type RollWarningKind = (typeof rollWarningKinds)[number];
export type RollWarning = { readonly kind: RollWarningKind; readonly count: number; readonly rows: number[] };

/** Letters are unusual where at least this part of the numbers is of digits. */
const digitsPartMin = 0.8;

const forms: readonly (readonly [RollWarningKind, RegExp])[] = [
  ['decimal-point', /^\d+[.,]\d+$/],
  ['exponent', /^\d+E\d+$/i],
  [
    'date',
    /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{2}|\d{4})|\d{1,2}[-. ]\p{L}{3,9}|\p{L}{3,9}[-. ]\d{1,4})\.?$/u,
  ],
  ['line-break', /\n/],
];
const monthStart =
  /(?:jan|feb|mar|apr|maj|may|jun|jul|avg|aug|sep|oct|okt|nov|dec|јан|феб|мар|апр|мај|јун|јул|авг|сеп|окт|нов|дец)/iu;

const printedAscii = /^[ -~]*$/;

export type RollWarnings = {
  /** A person as written in the file, and the second element. */
  add(row: number, spelling: string, canonical: string, second?: string): void;
  list(): RollWarning[];
};

type Tally = { count: number; readonly rows: number[] };

export function createRollWarnings(): RollWarnings {
  const tallies = new Map<RollWarningKind, Tally>();
  const lengths = new Map<number, Tally>();
  const pinLengths = new Map<number, Tally>();
  let people = 0;
  let digits = 0;
  const note = <Key>(of: Map<Key, Tally>, key: Key, row: number): void => {
    const tally = of.get(key) ?? { count: 0, rows: [] };
    of.set(key, tally);
    tally.count += 1;
    if (tally.rows.length < warnedRowsMax) tally.rows.push(row);
  };
  return {
    add(row, spelling, canonical, second = '') {
      people += 1;
      if (/^\d+$/.test(canonical)) {
        digits += 1;
        note(lengths, canonical.length, row);
      } else if (/\p{L}/u.test(canonical)) {
        note(tallies, 'letters-among-digits', row);
      }
      if (/^\d+$/.test(second)) note(pinLengths, second.length, row);
      // What is hidden around a number, or in full width, must not hide a warning either.
      const plain = printedAscii.test(spelling) ? spelling : withPlainSigns(spelling).trim();
      for (const [kind, form] of forms) {
        if (!form.test(plain) && !form.test(canonical)) continue;
        if (kind !== 'date' || !/\p{L}/u.test(plain) || monthStart.test(plain)) note(tallies, kind, row);
      }
    },
    list() {
      const warnings = [...lengthWarning('mixed-lengths', lengths), ...lengthWarning('mixed-pin-lengths', pinLengths)];
      for (const kind of rollWarningKinds) {
        const tally = tallies.get(kind);
        const usual = kind === 'letters-among-digits' && digits < people * digitsPartMin;
        if (tally && !usual) warnings.push({ kind, count: tally.count, rows: tally.rows });
      }
      return warnings;
    },
  };
}

/** Where there are several lengths: the rows of all but the most frequent one. */
function lengthWarning(kind: RollWarningKind, lengths: ReadonlyMap<number, Tally>): RollWarning[] {
  const all = [...lengths.values()].sort((one, other) => other.count - one.count).slice(1);
  if (all.length === 0) return [];
  const rows = all.flatMap((each) => each.rows).sort((one, other) => one - other);
  const count = all.reduce((sum, each) => sum + each.count, 0);
  return [{ kind, count, rows: rows.slice(0, warnedRowsMax) }];
}
