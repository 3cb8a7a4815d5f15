// English: everything that the project says to voters and readers, and the table that every other language follows key by
// key. Sentences are short and say what to do; where a vote is at stake they say whether it was recorded. Words in braces
// are filled in.
import type { ProblemTexts } from '../voter-problems.ts';
import { englishPages } from './pages/en.ts';

const outdated = ['This page is out of date', 'Load the page again. Nothing was recorded.'] as const;

const problems: ProblemTexts = {
  'invalid-request': outdated,
  'not-found': outdated,
  'payload-too-large': outdated,
  'method-not-allowed': outdated,
  'unsupported-media-type': outdated,
  unauthenticated: [
    'Your session ended',
    'You have not voted. Sessions end for your safety. Confirm your phone again. This page keeps your choices.',
  ],
  'not-open': ['Voting is not open', 'Nothing was recorded. Look at the opening and closing times of this vote.'],
  'not-eligible': [
    'We could not find you on the voter list',
    'Your vote was not recorded. Ask the organiser of this vote if you believe that you are on the list.',
  ],
  'election-not-found': ['There is no such vote', 'Check the address, or choose from the list of votes.'],
  'already-recorded': [
    'A vote is already recorded',
    'A vote for this person or this phone was recorded before. The first vote counts. The choices that you just made were not recorded. If it was not you, tell the organiser of this vote.',
  ],
  'voting-interrupted': [
    'Voting is interrupted',
    'Your vote was not recorded. Recorded votes are missing after a failure. The organiser of this vote must act before voting can continue. Try again later, or ask the organiser.',
  ],
  'invalid-identity': ['Check your number', 'One letter or number does not match.'],
  'invalid-phone': [
    'Check your mobile phone number',
    'Enter a number that can send text messages. Start with + for another country.',
  ],
  'phone-not-admitted': ['Check your mobile phone number', 'Enter a number of a country that is named there.'],
  'method-not-offered': ['This vote does not offer this way', 'Choose the other way to confirm your phone.'],
  'wrong-code': ['That code is not right', 'Check the text message and try again.'],
  'code-expired': ['That code has expired', 'Ask for a new code. Nothing was recorded.'],
  'invalid-ballot': [
    'Your choices do not fit this ballot',
    'Your vote was not recorded. Check your choices and cast again.',
  ],
  'option-withdrawn': [
    'An option that you chose was withdrawn',
    'Your vote was not recorded. Choose again, and cast your vote.',
  ],
  'too-many-tries': ['Too many tries', 'This code takes no more tries. Start again to get another code.'],
  'too-many-codes': ['Too many codes were sent to this phone', 'Nothing was recorded.'],
  'too-many-requests': [
    'Too many tries from here',
    'Wait a few minutes, then try again. Your details stay on this page.',
  ],
  internal: ['There is a problem with the service', 'Wait a minute, then try again.'],
  'code-unavailable': ['We cannot send a code now', 'Wait a minute, then try again.'],
  'verification-unavailable': [
    'Phones cannot be confirmed now',
    'Nothing was recorded. Wait a minute, then try again.',
  ],
  'outcome-unknown': ['We do not know yet whether your vote is recorded', 'Try again. Your vote can only count once.'],
  'results-not-published': ['The result is not published yet', 'It appears here after the organiser publishes it.'],
  busy: ['Many people are voting', 'Nothing was recorded. Wait a moment, then try again.'],
};

/** The voters' page. */
const voter = {
  skip: 'Skip to the content',
  language: 'Language',
  rehearsal: 'Rehearsal: nothing here counts',
  back: 'Back',
  continue: 'Continue',
  tryAgain: 'Try again',
  loading: 'Loading…',
  error: 'Error',
  problem: 'There is a problem',
  step: 'Step {n} of 3',
  electionId: 'Reference:',
  secrecy: 'Your choices are stored apart from your name and phone.',

  listTitle: 'Votes',
  listEmpty: 'There is no vote at the moment.',
  listEnded: 'Votes that have ended',
  listAll: 'All votes',
  opens: 'Voting opens {time}.',
  closes: 'Voting closes {time}.',
  closed: 'Voting has closed',
  closedAt: 'Voting closed {time}.',
  published: 'The result is published.',
  toResults: 'See the result',
  whenResults: 'Expected result',
  toTurnout: 'How many have voted',
  toRoll: 'Am I on the list of voters?',
  toTrust: 'How this vote can be checked',
  practise: 'Practise first',
  notOpen: 'Voting is not open yet',

  need: 'You need {number} and your mobile phone. It takes about a minute.',
  needPhone: 'You need your mobile phone. It takes about a minute.',
  needHkid: 'your Hong Kong identity card',
  needJmbg: 'your JMBG',
  needRoll: 'your voter number',
  needPin: 'your voter number, your PIN',
  needBirthDate: 'your voter number, your date of birth',
  how: 'How it works',
  how1: 'Confirm who you are. You send us one text message.',
  how2: 'Make your choices.',
  how3: 'Check them and cast your vote. You get a receipt.',
  onBallot: 'On the ballot',
  start: 'Start',

  identifyTitle: 'Confirm who you are',
  identifyTextIn: 'Next we ask you to send one text message from your phone.',
  identifyCode: 'Next we send you a code by text message.',
  hkid: 'Hong Kong identity card number',
  hkidHint: 'For example A123456(3). You can leave out the brackets.',
  jmbg: 'JMBG',
  jmbgHint: '13 digits, for example 0101990710008.',
  roll: 'Voter number',
  rollHint: 'As on the letter from the organiser.',
  pin: 'PIN',
  pinHint: 'Enter 4 to 12 digits, as on the letter from the organiser.',
  'birth-date': 'Date of birth',
  'birth-dateHint': 'Enter day, month and year, for example 31/12/1980.',
  phone: 'Mobile phone number',
  phoneHint: 'You need this phone with you now. Start with + for another country.',
  protect: 'How we protect your number',
  protectText:
    'The server turns your number into a code that cannot be read back. Then it forgets the number. Neither is ever stored with your choices.',
  numberEmpty: 'Fill in: {label}',
  hkidShape: 'The number must be 1 or 2 letters, 6 digits, then 1 digit or the letter A',
  jmbgShape: 'The number must have 13 digits',
  jmbgDate: 'The first 7 digits must be a date of birth',
  rollShape: 'The number must have only letters and digits, with - . / _ or : between them',
  checkDigit: 'Check your number. One letter or digit does not match',
  phoneCountries: 'Mobile phones of {countries}.',
  phoneLines: 'Phones of {countries}.',
  phoneEmpty: 'Enter your mobile phone number',
  phoneShort: 'Enter a mobile phone number with at least 8 digits',
  sending: 'Sending…',
  noAnswer: 'No connection. Check your signal, then try again. Nothing was recorded.',

  textTitle: 'Text us your code',
  textLead: 'Send one text message from the phone {phone}.',
  textCode: 'Send this code',
  textTo: 'To this number',
  textOpen: 'Open my messages app',
  copyCode: 'Copy the code',
  copied: 'Copied.',
  waiting: 'Waiting for your text message…',
  validUntil: 'There is no rush. The code works for {time}. Then you get a new one.',
  charge: 'Your phone company may charge one normal text message.',
  textMe: 'Text me a code instead',
  stillWaiting: 'Still waiting?',
  stillWaiting1: 'Did you send it from {phone}?',
  stillWaiting2: 'Are the number and the code exactly the same?',
  stillWaiting3: 'Does your phone have signal?',
  stillWaitingSaid: 'Still waiting. Help is shown below.',
  changePhone: 'Change the phone number',
  wrongSender: 'We got your code from a different phone. Send it again from {phone}, or change the number.',
  sendAgain: 'We may have lost your text. Send it again.',
  renewed: 'This is a new code. The old one no longer works.',
  offline: 'No connection. We keep trying. Keep this page open.',
  busyWaiting: 'Many people are voting. We try again by ourselves. Keep this page open.',
  expired: 'The code has expired',
  expiredText: 'Confirm who you are again to get a new code. Nothing was recorded.',
  confirmed: 'Phone number confirmed. Opening your ballot.',
  openBallot: 'Open my ballot',

  codeTitle: 'Check your phone',
  codeLead: 'We sent a text message to {phone}.',
  code: 'Security code',
  codeHint: '8 digits. It works for {time}.',
  codeEmpty: 'Enter the security code',
  codeShape: 'The code must be 8 digits',
  triesLeft: 'Tries left: {n}.',
  noText: 'Not received a text message?',
  resend: 'Send the code again',
  resendAfter: 'You can ask for the code again from {time}.',
  resendIn: 'You can ask for the code again in {time}.',
  resent: 'We sent the code again.',
  textInstead: 'Text us a code instead',

  ballotTitle: 'Make your choices',
  ballotLead: 'Nothing is sent until you cast your vote.',
  notKept: 'For your privacy we did not keep your choices. Choose again.',
  question: 'Question {n} of {of}',
  chooseOne: 'Choose 1.',
  chooseUpTo: 'Choose up to {max}.',
  chooseExactly: 'Choose {max}.',
  chooseBetween: 'Choose from {min} to {max}.',
  maySkip: 'You can leave this question without a choice.',
  abstain: 'Abstain',
  abstainHint: 'Record that I choose none of these',
  clear: 'Clear my choice',
  count: 'You chose {n} of {max}.',
  maximum: 'You have chosen the maximum. To choose another one, first remove a choice.',
  abstainFirst: 'To abstain, first remove your other choices.',
  unAbstainFirst: 'You chose to abstain. To choose another one, first remove that.',
  needChoice: 'Make a choice',
  needChoiceOrAbstain: 'Make a choice, or choose Abstain',
  needMore: 'Choose at least {min}',
  toReview: 'Check my choices',
  backToCheck: 'Back to check',

  reviewTitle: 'Check your choices, then cast your vote',
  notYet: 'You have not voted yet.',
  change: 'Change',
  noChoice: 'No choice made',
  blank: 'Questions without a choice: {n}.',
  more: 'You chose {n}. You can choose {more} more.',
  final: 'After you cast your vote you cannot change it.',
  sessionEnds:
    'Your session ends in {time} and cannot be made longer. For more time, confirm your phone again. Your choices stay here.',
  confirmAgain: 'Confirm my phone again',
  cast: 'Cast my vote',
  castSending: 'Sending your vote. Keep this page open.',
  castRetrying: 'Connection problem. Trying again. Your vote can only count once.',
  castLong:
    'Still trying. We do not know yet whether your vote is recorded. Keep this page open, or move to better signal.',
  unsureTitle: 'We are finding out about your vote',
  unsure: 'We send the same vote until we have an answer. It can only count once.',
  unsureEnded: 'Your session ended before we had an answer',
  unsureEndedText: 'Confirm your phone again. Then we send the same vote once more. It can only count once.',
  unsureClosed: 'We could not find out whether your vote is recorded',
  unsureClosedText: 'Voting has closed and we got no answer. Ask the organiser of this vote.',
  unsureRecorded: 'This is most likely the vote that we sent before. Its receipt can no longer be shown.',

  receiptTitle: 'Your vote is recorded',
  receiptLead: 'This receipt shows that your vote is in. Alone it does not show how you voted.',
  receiptCode: 'Receipt code',
  receiptAt: 'Received {time}',
  save: 'Save the receipt',
  print: 'Print',
  copy: 'Copy',
  next: 'What happens next',
  nextText: 'The result comes after voting closes. The receipt file is signed, so anyone can check that it is real.',
  closesLater: 'Voting closes {time}.',
  finish: 'Finish and clear this device',
  finishHint: 'Save the receipt first if you want to keep it.',
  votedHere: 'You voted from this device.',
  showReceipt: 'Show my receipt',

  notices: 'Notices of the organiser',
  newNotice: 'New notice of the organiser: {text}',
  withdrawn: 'Withdrawn. It can no longer be chosen.',
  withdrawnNow: 'An option that you chose was withdrawn. Choose again.',
  extended: 'Voting now closes {time}. It was {was} before.',
  opened: 'Voting is open now.',
  closedNow: 'Voting has closed. If your phone is confirmed, cast your vote now. There may be a moment left.',
  longWait: 'A text message can take a few minutes. Keep this page open. You need not start again.',
  scan: 'Point the camera of your phone here. It opens the message for you.',

  checkTitle: 'Check a receipt',

  otherProblem: ['There is a problem with the service', 'Wait a minute, then try again.'],
  problems,
} as const;

/** The voters' page before its script runs, and where it cannot. */
const start = {
  loading: 'Loading… If nothing happens, press here.',
  needsScript: 'This page needs JavaScript. Turn it on to vote.',
} as const;

/** The public log of an election, on the voters' page. */
const log = {
  notConfirmed: 'Your vote is not confirmed',
  notConfirmedText: 'The receipt that came does not fit your vote. Save it as evidence, and give it to the organiser.',
  code: 'Code of this vote:',
  saveEvidence: 'Save the evidence',
  place: 'Find your vote in the public log, now or later, at this address:',
} as const;

/** The search in a long list of options, on the ballot. */
const search = {
  label: 'Search this list',
  matches: '{n} of {of} match. What you chose stays in view.',
  none: 'Nothing matches. Use fewer letters, or clear the search.',
} as const;

/** The question of a polling station’s device. */
const kiosk = {
  still: 'Are you still voting?',
  done: 'Have you finished?',
  clears: 'This screen is cleared in {n} seconds.',
  continue: 'Yes, continue',
  more: 'I need more time',
  clear: 'Clear now',
  place: 'Scan this with your phone to check later that your vote is recorded.',
  whole: 'The whole receipt, for auditors',
  receipt: 'Take your receipt with you: point the camera of your phone here.',
  evidence:
    'The receipt that came does not fit your vote. Point the camera of your phone here to take it as evidence, and give it to the organiser.',
  tooLong: 'What came does not fit your vote, and is too long for a code. Show this screen to the organiser.',
  settings: 'Text and colours',
  smaller: 'Smaller text',
  larger: 'Larger text',
  size: 'Text size {n} of 4',
  colours: 'Other colours',
  standard: 'Standard colours',
  'black-on-white': 'Black on white',
  'white-on-black': 'White on black',
  'yellow-on-black': 'Yellow on black',
  aloud: 'Read aloud',
  isChosen: 'chosen',
  isNotChosen: 'not chosen',
  card: 'I have a card from the table',
  cardCode: 'Code on the card',
  cardHint: '12 letters and digits. You can also scan the card.',
  cardEmpty: 'Enter the code on the card',
  'activation-not-allowed': 'This vote takes no cards. Confirm your phone, or ask at the table.',
  'activation-unknown':
    'There is no such code. Compare each character with the card, or ask at the table for another card.',
  'activation-elsewhere': 'This card is for another vote. Choose that vote, or ask at the table for another card.',
  'activation-used': 'This card was used. Nothing was recorded now. Ask at the table for another card.',
  'activation-device':
    'This device does not take this card. It still works at a device of its station. Ask at the table.',
  enrolled: 'This device is enrolled. It takes the cards of its station.',
  notEnrolled: 'This device is not enrolled. Open the whole link, in a browser that keeps data.',
  'activation-expired': 'This card has expired. Nothing was recorded. Ask at the table for another card.',
} as const;

/** What the law says of the seats of a contest, on the ballot. */
const seats = {
  seats: '{seats} seats are shared by votes.',
  elects: '{seats} are elected.',
  threshold: 'To win seats, a list needs {percent} of {base}.',
  thresholdMore: 'To win seats, a list needs more than {percent} of {base}.',
  noThreshold: 'No threshold applies to {names}.',
  'base-votes': 'the votes',
  'base-valid': 'the valid ballots',
  'base-valid-and-blank': 'the valid ballots and abstentions',
  'base-cast': 'all ballots cast',
  'base-entitled': 'the people who may vote',
} as const;

/** Text messages. The code comes first, where a notification shows it. */
const sms = {
  vote: '{code} is your code for the vote "{title}". Never share it with anyone.',
  rehearsal: '{code} is your code for the REHEARSAL vote "{title}". Never share it with anyone.',
  notice: 'A vote in "{title}" was begun with this phone. If it was not you, tell {contact} before {time}.',
  rehearsalNotice:
    'A vote in the REHEARSAL "{title}" was begun with this phone. If it was not you, tell {contact} before {time}.',
} as const;

/** Ballots on paper, beside the election's own texts and those of the voters' page. */
const paper = {
  ballotPaper: 'Ballot paper',
  howOne: 'Use a pen. Mark a cross in the box of your choice.',
  howMany: 'Use a pen. Mark a cross in the box of each of your choices.',
  howSpoilt: 'If you make a mistake, ask for another ballot paper. Write nothing else on this one.',
  contest: 'Question {n} of {of}',
  ballotId: 'Ballot ID',
  draft: 'Draft. Not announced: hand none of these out.',
  fold: 'Fold it so that no one sees your mark, and put it in the box.',
} as const;

/** Posters, messages and cards that lead voters to the vote. */
const invitation = {
  heading: 'Vote',
  scan: 'Scan the code with the camera of your phone, or open this address:',
  open: 'Voting is open from {opens} until {closes}.',
  message: '{title}: vote from {opens} until {closes} at {link}',
  cardOnce: 'Works once, until {time}.',
  cardHow: 'At the device choose “{card}”, and type or scan the code.',
} as const;

/** What a new election is called until its administrators give it names of their own. */
const suggestions = {
  members: 'Members of parliament',
  office: 'President',
  question: 'Question 1',
  party: 'Party',
  person: 'Candidate',
  board: 'Members of the board',
  budget: 'Which projects should get money?',
  project: 'Project',
  yes: 'Yes',
  no: 'No',
} as const;

export const english = {
  sentenceSpace: ' ',
  start,
  voter,
  pages: englishPages,
  log,
  search,
  kiosk,
  seats,
  sms,
  paper,
  invitation,
  suggestions,
};
