// The report for people: the anchor first, then each step, then what it means.
import { verifierExits } from './reasons.ts';
import type { FailureReason, MissingCode, NoteCode, Step } from './reasons.ts';
import type { ReportAnchor, StepOutcome, VerificationReport } from './verification-report.ts';

const stepNames: Readonly<Record<Step, string>> = {
  1: 'manifest',
  2: 'keys that you gave',
  3: 'checkpoint of the log',
  4: 'witnesses',
  5: 'checkpoints that were kept',
  6: 'tree of the log',
  7: 'entries of the log',
  8: 'kind and channel of each entry',
  9: 'signature of each entry',
  10: 'no ballot twice',
  11: 'receipts',
  12: 'closing document',
  13: 'turnout',
  14: 'batches of paper ballots',
  15: 'opened ballots',
  24: 'sums of the results',
  25: 'winners, seats and ties, counted again',
  26: 'results document',
};

const reasonTexts: Readonly<Record<FailureReason, string>> = {
  'manifest-form': 'The manifest is not of the form that the specification has.',
  'manifest-signature': 'The manifest is not signed by the publisher that it names.',
  'manifest-hash': 'The manifest is not the one that was announced: its hash is another one.',
  'foreign-key': 'The manifest names another key than the one that was announced.',
  'checkpoint-form': 'The checkpoint is not of the right form, or is of another log.',
  'checkpoint-signature': 'The checkpoint is not signed by the log.',
  'witness-quorum': 'Too few witnesses signed the checkpoint.',
  'split-view': 'A kept checkpoint has the same size and another root: two different logs were shown.',
  'not-consistent': 'A kept checkpoint is not the beginning of this log: entries were changed or removed.',
  'rolled-back': 'A kept checkpoint has more entries than the log has now.',
  'tile-form': 'A tile of the log is missing or has the wrong length.',
  'tile-root': 'The tiles do not give the root that the log signed.',
  'entry-count': 'The log serves more or fewer entries than it signed.',
  'entry-form': 'An entry has another length.',
  'entry-leaf': 'An entry is not the one that the log signed.',
  'entry-kind': 'An entry is of a kind that the election does not have.',
  'channel-not-admitted': 'An entry came by a channel that the election does not have.',
  'entry-signature': 'An entry is not signed by the server that accepts ballots.',
  'cast-tag-repeated': 'One ballot is in the log twice.',
  'receipt-signature': 'A receipt is not genuine, or is of another election.',
  'receipt-not-in-log': 'A receipt is genuine, and its ballot is not in the log.',
  'receipt-repeated': 'A receipt is genuine, and its ballot was left out: another ballot in the log has its key.',
  'closing-signature': 'The closing document is not signed by the publisher, or is of another log.',
  'closing-size': 'The closing document names another size or root than the log has.',
  'grown-after-closing': 'Entries were added after the closing.',
  turnout: 'The ballots in the log and the repeated ones are together not the voters.',
  'repeated-entries': 'Ballots that are called repeated are not shown to be such: they may have been left out.',
  batches: 'The batches of paper ballots do not add up.',
  opening: 'An opened ballot is not the one in the log.',
  'opening-ballot': 'An opened ballot is not valid.',
  'opening-missing': 'Ballots that must be opened are not.',
  'results-sums': 'The numbers of the results do not add up to the log and the opened ballots.',
  'results-count': 'The winners, seats, ranks or ties are not those that the votes give.',
  'results-signature': 'The results are not signed by the publisher.',
  'results-record': 'The results are of another tree or another election.',
};

const noteTexts: Readonly<Record<NoteCode, string>> = {
  'ballots-repeated':
    'Online ballots were left out as repeated ones. Only altered clients make them. Ask the organiser why they are there.',
  'online-contents-not-verified':
    'Online ballots: inclusion and number verified, contents not. Auditors verify them with --openings.',
  'options-withdrawn': 'The closing document withdraws options. Check that the organiser withdrew them in public.',
  'stage-not-supported': 'The election has sealed ballots or tokens, which this version cannot verify.',
};

const missingTexts: Readonly<Record<MissingCode, string>> = {
  closing: 'the closing document',
  results: 'the results',
  openings: 'the opened ballots',
};

const outcomeTexts: Readonly<Record<StepOutcome, string>> = {
  passed: 'ok     ',
  failed: 'FAILED ',
  skipped: 'skipped',
  missing: 'not yet',
};

const anchorTexts: Readonly<Record<ReportAnchor, string>> = {
  manifest: 'Anchor: the hash of the manifest that you gave.',
  publisher: 'Anchor: the key of the publisher that you gave.',
  none:
    'Anchor: NONE. This compares the site only with itself. Get the hash of the manifest from somewhere else than this ' +
    'site and give it with --manifest.',
};

/** The report in words, for a terminal. `why`: why the record could not be read. */
export function textReport(report: VerificationReport, why: string | null): string {
  const { origin, size, root, witnesses, quorum } = report;
  const lines = [anchorTexts[report.anchor]];
  if (origin !== null) lines.push(`Manifest: ${groupsOf(origin)}`);
  if (size !== null && root !== null) {
    lines.push(`Log: ${size} ballots, root ${root}, signed by ${witnesses} witnesses (${quorum} needed)`);
  }
  lines.push('');
  for (const { step, outcome } of report.steps) {
    lines.push(`${outcomeTexts[outcome]} ${String(step).padStart(2)}  ${stepNames[step]}`);
    for (const failure of report.failures.filter((each) => each.step === step)) {
      lines.push(`            ${failure.reason}: ${reasonTexts[failure.reason]}`);
    }
  }
  lines.push('', ...report.notes.map((note) => noteTexts[note]), conclusion(report, why));
  return `${lines.join('\n')}\n`;
}

function conclusion({ exit, missing, failures }: VerificationReport, why: string | null): string {
  if (exit === verifierExits.unreadable) return `NOT READABLE. ${why ?? ''}`.trimEnd();
  if (exit === verifierExits.failed) return `NOT VERIFIED: ${failures.length} checks failed.`;
  if (exit === verifierExits.verified) return 'VERIFIED.';
  return `Right so far, and not final. Still missing: ${missing.map((code) => missingTexts[code]).join(', ')}.`;
}

/** The hash that ends an origin, as it is announced: hexadecimal digits in groups of four. */
function groupsOf(origin: string): string {
  const hash = Buffer.from(origin.slice(origin.lastIndexOf('/') + 1), 'base64url').toString('hex');
  return hash.match(/.{4}/g)?.join(' ') ?? hash;
}

/** The report as JSON, as both verifiers print it. */
export const jsonReport = (report: VerificationReport): string => `${JSON.stringify(report, null, 2)}\n`;
