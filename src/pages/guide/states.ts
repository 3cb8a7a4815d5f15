// Every state of the voters' page, produced by the screens themselves: the memory of the voter, the answer of the
// service, and the voter's last action.
import type { SecondElement } from '../../domain/roll/second-element.ts';
import type { ScreenName } from '../voter/app.ts';
import { problems } from '../../protocol/problem.ts';
import type { ProblemCode } from '../../protocol/problem.ts';
import type { Rejection } from '../shared/calls.ts';
import type { Memory, VoterStop } from '../voter/memory.ts';
import {
  election,
  longElection,
  sampleCode,
  sampleList,
  sampleReceipt,
  otpEntry,
  textIn,
  twelveElection,
  verified,
} from './sample.ts';

/** An answer of the service: a value, a rejection by its code, or none. */
export type SampleAnswer = { readonly value: unknown } | { readonly rejection: Rejection } | 'lost' | 'never';
export type GuideState = {
  readonly screen: ScreenName;
  readonly memory?: () => Partial<Memory>;
  readonly answer?: SampleAnswer;
  /** Selectors of the elements that the voter presses, in this order. */
  readonly press?: string | readonly string[];
  /** What the voter types before, and into what. */
  readonly typed?: { readonly into: string; readonly text: string };
  /** Milliseconds that pass before the state is shown. */
  readonly after?: number;
  readonly kiosk?: boolean;
  /** What the address has as the secret of a polling station's device. */
  readonly device?: string;
  readonly cast?: 'sending' | 'retrying' | 'long';
};

/** With what a voter who cannot go on needs: the organiser, and how to get help, here in a language from right to left. */
const withHelp = {
  ...election,
  organiser: { ar: 'بلدية الميناء: 2555 0123' },
  colour: '#7a1f5c',
  logo: { sha256: 'A'.repeat(43), width: 320, height: 96 },
};
const phase = (name: typeof election.phase) => () => ({ election: { ...election, phase: name } });
const withSecond = (second: SecondElement) => () => ({
  election: { ...election, identity: { scheme: 'roll', second } as const },
});
const identified = { number: 'A123456(3)', phone: '6123 4567' };
const sampleChoices = (): Memory['choices'] =>
  new Map<string, ReadonlySet<string> | 'abstain'>([
    ['library', new Set(['yes'])],
    ['paths', new Set(['river'])],
    ['council', new Set(['bridges'])],
  ]);
const reviewed = () => ({ choices: sampleChoices(), vote: { verified: verified() } });
const sending = () => ({
  choices: sampleChoices(),
  vote: { verified: verified(), sending: { body: '{}' } },
});
const waiting = (answer: SampleAnswer, after = 0): GuideState => ({
  screen: 'text-in',
  memory: () => ({ vote: { pending: textIn() } }),
  answer,
  after,
});
const rejection = (code: ProblemCode): Rejection => {
  const { recorded, retry } = problems[code];
  return { code, recorded, retry, retryAfterMs: 0, retryAfterSeconds: 0 };
};
const rejected = (code: ProblemCode): SampleAnswer => ({ rejection: rejection(code) });
const problem = (stop: ProblemCode | Exclude<VoterStop, Rejection>): GuideState => ({
  screen: 'problem',
  memory: () => ({ election: withHelp, problem: isProblemCode(stop) ? rejection(stop) : stop }),
});
const isProblemCode = (stop: string): stop is ProblemCode => stop in problems;
/** At a polling station whose voters may have cards. */
const atTable: Pick<GuideState, 'kiosk' | 'memory'> = {
  kiosk: true,
  memory: () => ({ election: { ...withHelp, verification: { ...election.verification, activation: true } } }),
};
const cardField = '.from-table > summary';
const card = (answer: SampleAnswer): GuideState => ({
  ...atTable,
  screen: 'identify',
  answer,
  typed: { into: '#card', text: 'B7KQ 2M9D XW4T' },
  press: [cardField, '.from-table .primary'],
});
const identify = (answer: SampleAnswer): GuideState => ({
  screen: 'identify',
  memory: () => identified,
  answer,
  press: 'form .primary',
});
const manyChoices = (): Memory['choices'] =>
  new Map([['council', new Set(['person-4', 'person-5', 'person-6', 'person-7', 'person-8'])]]);
const long = (more: Partial<Memory> = {}): GuideState => ({
  screen: 'ballot',
  memory: () => ({ election: longElection, vote: { verified: verified() }, question: 0, ...more }),
});
const twelve = (): Partial<Memory> => ({
  election: twelveElection,
  vote: { verified: verified() },
  choices: new Map(
    twelveElection.contests.map(({ id }, at) => [id, at % 4 === 3 ? 'abstain' : new Set(at % 4 === 2 ? [] : ['no'])]),
  ),
  question: 11,
});
const larger = '.settings button:nth-child(2)';
const otherColours = '.settings button:nth-child(3)';
const received = () => ({ vote: { receipt: { receipt: sampleReceipt, at: new Date().toISOString() } } });
const receivedWithCode = () => ({ vote: { receipt: { ...received().vote.receipt, code: sampleCode } } });
const notConfirmed = (receipt: object = sampleReceipt) => ({
  election: withHelp,
  vote: { electionId: election.id, evidence: { receipt, expected: {}, at: new Date().toISOString() } },
});
/** Longer than a code for a camera can be. */
const longReceipt = { ...sampleReceipt, leaf: 'A'.repeat(3_000) };
const notice = () => ({
  ...reviewed(),
  notice: () => 'Voting now closes Sunday 28 June at 22:00 GMT+8. It was Sunday 28 June at 21:00 GMT+8 before.',
});

export const states: Readonly<Record<string, GuideState>> = {
  list: { screen: 'list', answer: { value: sampleList } },
  'list-kiosk': { screen: 'list', answer: { value: sampleList }, kiosk: true },
  'list-empty': { screen: 'list', answer: { value: { elections: [] } } },
  election: { screen: 'election' },
  'election-rehearsal': { screen: 'election', memory: () => ({ election: { ...election, rehearsal: true } }) },
  'election-scheduled': { screen: 'election', memory: phase('scheduled') },
  'election-closed': { screen: 'election', memory: phase('closed') },
  'election-published': { screen: 'election', memory: phase('published') },
  'election-voted': { screen: 'election', memory: received },
  'election-kiosk': { ...atTable, screen: 'election' },
  'election-kiosk-enrolled': { ...atTable, screen: 'election', device: 'A'.repeat(43) },
  'election-kiosk-not-enrolled': { ...atTable, screen: 'election', device: 'A' },
  identify: { screen: 'identify' },
  'identify-errors': { screen: 'identify', press: 'form .primary' },
  'identify-shape': { screen: 'identify', memory: () => ({ number: 'A12', phone: '12' }), press: 'form .primary' },
  'identify-pin': { screen: 'identify', memory: withSecond('pin') },
  'identify-birth-date-errors': { screen: 'identify', memory: withSecond('birth-date'), press: 'form .primary' },
  'identify-sending': identify('never'),
  'identify-offline': identify('lost'),
  'identify-limit': identify(rejected('too-many-requests')),
  'identify-sms-down': identify(rejected('verification-unavailable')),
  'identify-phone': identify(rejected('invalid-phone')),
  'identify-kiosk-card-empty': { ...atTable, screen: 'identify', press: [cardField, '.from-table .primary'] },
  'identify-kiosk-card-unknown': card(rejected('activation-unknown')),
  'identify-kiosk-card-device': card(rejected('activation-device')),
  'text-in': waiting('never'),
  'text-in-help': waiting('never', 20_000),
  'text-in-long': waiting('never', 90_000),
  'text-in-wrong-sender': waiting({ value: { state: 'wrong-sender' } }),
  'text-in-send-again': waiting({ value: { state: 'send-again' } }),
  'text-in-offline': waiting('lost'),
  'text-in-busy': waiting(rejected('busy')),
  'text-in-confirmed': waiting({ value: { state: 'verified', token: 'none', expiresAt: verified().expiresAt } }),
  'text-in-renewed': {
    screen: 'text-in',
    memory: () => ({ vote: { pending: { ...textIn(), renewed: true } } }),
    answer: 'never',
  },
  'text-in-kiosk': { ...waiting('never'), kiosk: true },
  code: { screen: 'code', memory: () => ({ vote: { pending: otpEntry() } }) },
  'code-empty': { screen: 'code', memory: () => ({ vote: { pending: otpEntry() } }), press: 'form .primary' },
  'code-over': { screen: 'code', memory: () => ({ vote: { pending: otpEntry(-1) } }) },
  'code-other-ways': { screen: 'code', memory: () => ({ vote: { pending: otpEntry() } }), press: 'summary' },
  ballot: { screen: 'ballot', memory: () => ({ vote: { verified: verified() } }) },
  'ballot-errors': { screen: 'ballot', memory: () => ({ vote: { verified: verified() } }), press: 'form .primary' },
  'ballot-chosen': { screen: 'ballot', memory: reviewed },
  'ballot-maximum': {
    screen: 'ballot',
    press: '#contest-1-2',
    memory: () => ({ ...reviewed(), choices: sampleChoices().set('paths', new Set(['river', 'hill'])) }),
  },
  'ballot-long': long(),
  'ballot-long-last': long({ question: 3 }),
  'ballot-search': { ...long({ question: 1 }), typed: { into: '[type=search]', text: 'person 1' } },
  'ballot-search-none': { ...long({ question: 1 }), typed: { into: '[type=search]', text: 'nobody' } },
  'ballot-long-maximum': { ...long({ question: 1, choices: manyChoices() }), press: '#contest-1-0' },
  'ballot-long-errors': { ...long(), press: 'form .primary' },
  'ballot-change': { screen: 'ballot', memory: () => ({ ...reviewed(), question: 1, checked: true }) },
  'ballot-ending': { screen: 'ballot', memory: () => ({ ...reviewed(), vote: { verified: verified(1.5) } }) },
  'ballot-ended': { screen: 'ballot', memory: () => ({ ...reviewed(), vote: { verified: verified(-1) } }) },
  'ballot-not-kept': { screen: 'ballot', memory: () => ({ vote: { verified: verified(), sawBallot: true } }) },
  'ballot-extended': { screen: 'ballot', memory: notice },
  'ballot-twelve': { screen: 'ballot', memory: twelve },
  'ballot-kiosk-largest': { screen: 'ballot', memory: reviewed, kiosk: true, press: [larger, larger, larger] },
  'ballot-kiosk-black-on-white': { screen: 'ballot', memory: reviewed, kiosk: true, press: otherColours },
  review: { screen: 'review', memory: reviewed },
  'review-twelve': { screen: 'review', memory: twelve },
  'review-kiosk-white-on-black': {
    screen: 'review',
    memory: reviewed,
    kiosk: true,
    press: [larger, otherColours, otherColours],
  },
  'review-abstained': {
    screen: 'review',
    memory: () => ({ ...reviewed(), choices: sampleChoices().set('library', 'abstain') }),
  },
  'review-blank': {
    screen: 'review',
    memory: () => ({ election: longElection, choices: manyChoices(), vote: { verified: verified() } }),
  },
  'review-sending': { screen: 'review', memory: sending, cast: 'sending' },
  'review-retrying': { screen: 'review', memory: sending, cast: 'retrying' },
  'review-long': { screen: 'review', memory: sending, cast: 'long' },
  'review-unsure': { screen: 'review', memory: () => ({ ...sending(), choices: new Map() }), cast: 'retrying' },
  receipt: { screen: 'receipt', memory: received },
  'receipt-copied': { screen: 'receipt', memory: received, press: '.acts button:last-child' },
  'receipt-code': { screen: 'receipt', memory: receivedWithCode },
  'receipt-kiosk-yellow-on-black': {
    screen: 'receipt',
    memory: receivedWithCode,
    kiosk: true,
    press: [larger, larger, larger, otherColours, otherColours, otherColours],
  },
  'receipt-kiosk': { screen: 'receipt', memory: receivedWithCode, kiosk: true },
  'receipt-kiosk-whole': { screen: 'receipt', memory: received, kiosk: true },
  'kiosk-question': { screen: 'identify', kiosk: true, after: 120_000 },
  'problem-expired': problem('expired'),
  'problem-unsure-ended': {
    screen: 'problem',
    memory: () => ({ election: withHelp, problem: 'unsure-ended', person: 'one' }),
  },
  'problem-unsure-reloaded': problem('unsure-ended'),
  'problem-unsure-closed': problem('unsure-closed'),
  'problem-unsure-recorded': problem('unsure-recorded'),
  'problem-lost': problem('lost'),
  'problem-session': problem('unauthenticated'),
  'problem-not-open': problem('not-open'),
  'problem-not-eligible': problem('not-eligible'),
  'problem-already-recorded': problem('already-recorded'),
  'problem-invalid-ballot': problem('invalid-ballot'),
  'problem-no-election': {
    screen: 'problem',
    memory: () => ({ problem: rejection('election-not-found'), election: undefined }),
  },
  'problem-waiting': problem('waiting'),
  'problem-not-confirmed': { screen: 'problem', memory: () => notConfirmed() },
  'problem-not-confirmed-kiosk': { screen: 'problem', memory: () => notConfirmed(), kiosk: true },
  'problem-not-confirmed-kiosk-long': { screen: 'problem', memory: () => notConfirmed(longReceipt), kiosk: true },
  'problem-internal': problem('internal'),
};
