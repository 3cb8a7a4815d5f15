// An election in words, step by step: the saved version, another person's version, and the version to be announced.
// Labels come first, so that two versions can be compared side by side.
import { phoneLinesDefault } from '../../../domain/phone-lines.ts';
import type { PhoneLine } from '../../../domain/phone-lines.ts';
import { graceOf, resultExpectedAt } from '../../../domain/election.ts';
import type { Title } from '../../../domain/election.ts';
import { readLogo } from '../../../domain/picture/logo.ts';
import { bytesOfBase64, hexadecimalOf } from '../../../domain/record/bytes.ts';
import { countingMethods, isSeatMethod } from '../../../domain/counting/method-table.ts';
import type { CountingMethod } from '../../../domain/counting/method-table.ts';
import { fractionText } from '../../../domain/counting/share.ts';
import { thresholdLawOf } from '../../../domain/counting/threshold.ts';
import { partWords, tieRuleWords } from '../results/law-lines.ts';
import { countText, durationText, momentText, numberText, resultNumbers, titleInEnglish } from '../words.ts';
import { languageName } from '../../../domain/text/language-name.ts';
import { languagesOf, optionTitle } from './draft/definition.ts';
import type { ContestDraft, Definition } from './draft/definition.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { StepName } from './draft/steps.ts';
import { lengthText } from './draft/zoned-time.ts';

export type DescriptionLine = readonly [label: string, text: string];
type Participants = AdministeredElection['participants'];

export const identitySchemeNames = {
  'phone-only': 'Anyone with a phone',
  hkid: 'Hong Kong identity card number',
  jmbg: 'Unique master citizen number (JMBG)',
  roll: 'People on the roll',
} as const;
/** What each person on a roll has beside the number. */
export const secondElementNames = { pin: 'PIN', 'birth-date': 'birth date' } as const;
export const methodOfVerifying = {
  'text-in-confirmed': 'voters text us a code, and type the code that we text back',
  'text-in': 'voters text us a code, and nothing more',
  code: 'we text a code to any phone that a voter names',
} as const;
export const channelNames = { online: 'online', batches: 'paper ballots' } as const;

export function countingRuleName(method: CountingMethod): string {
  const { kind, name } = countingMethods[method];
  return kind === 'seats' ? `Seats by ${name}` : name;
}

/** A text in all its languages, in one line. */
export const textInAll = (title: Title): string =>
  Object.entries(title)
    .map(([tag, text]) => (Object.keys(title).length === 1 ? text : `${text} (${languageName(tag)})`))
    .join(' · ');

export function describe(
  step: StepName,
  definition: Definition,
  participants: Participants,
): readonly DescriptionLine[] {
  switch (step) {
    case 'name':
      return [
        ['Title', textInAll(definition.title)],
        ...(definition.organiser ? [['Organiser', textInAll(definition.organiser)] as const] : []),
        ...(definition.colour ? [['Organiser colour', definition.colour] as const] : []),
        ...(definition.logo === undefined ? [] : [[logoLabel, logoText(definition.logo)] as const]),
        ['Rehearsal', definition.rehearsal ? 'Yes. Nothing here counts' : 'No'],
      ];
    case 'dates':
      return dateLines(definition);
    case 'contests':
      return definition.contests.map((contest, index) => [
        `Contest ${index + 1}: ${titleInEnglish(contest.title)}`,
        optionsText(contest, participants),
      ]);
    case 'rule':
      return definition.contests.map((contest, index) => [
        `Counting rule for contest ${index + 1}`,
        ruleText(contest, participants),
      ]);
    case 'voters':
      return voterLines(definition);
    case 'languages':
      return languageLines(definition, participants);
    case 'check':
      return [];
  }
}

export const logoLabel = 'Organiser logo';

/** A logo, which is base64, in words that tell two of them apart. */
export function logoText(logo: string): string {
  const bytes = bytesOfBase64(logo) ?? new Uint8Array();
  const read = readLogo(bytes);
  const size = read.ok ? `${read.logo.width} × ${read.logo.height} pixels, ` : '';
  // Of the picture: the end of every PNG is the same.
  return `${size}${countText(bytes.length, 'byte')}, checksum ${hexadecimalOf(bytes.subarray(-16, -12))}`;
}

function dateLines(definition: Definition): readonly DescriptionLine[] {
  const { opensAt, closesAt, timeZone } = definition;
  const expectedAt = resultExpectedAt(definition);
  return [
    ['Opens', momentText(opensAt, timeZone)],
    ['Closes', momentText(closesAt, timeZone)],
    ['Open for', lengthText(Date.parse(closesAt) - Date.parse(opensAt))],
    ['Result expected by', expectedAt === null ? 'not announced' : momentText(expectedAt, timeZone)],
  ];
}

function optionsText(contest: ContestDraft, participants: Participants): string {
  const names = [...contest.options]
    .sort((a, b) => a.number - b.number)
    .map((option) => `${option.number}. ${titleInEnglish(optionTitle(option, participants))}`);
  const drawText = contest.orderSeed === undefined ? '' : ` (order by lot, seed ${contest.orderSeed})`;
  return names.join(' · ') + drawText;
}

export function ruleText(contest: ContestDraft, participants: Participants): string {
  const { method, seats, minChoices, maxChoices, abstain } = contest;
  const limits =
    minChoices === maxChoices
      ? `choose ${maxChoices}`
      : `choose ${minChoices === 0 ? 'up' : minChoices} to ${maxChoices}`;
  const parts = [
    countingRuleName(method),
    seats === undefined ? null : `${numberText(seats)} ${seats === 1 ? 'seat' : 'seats'}`,
    limits,
    abstain ? 'may abstain' : 'no abstention',
    ...lawTexts(contest, participants),
  ];
  return parts.filter((part) => part !== null).join(', ');
}

/** The law around the method, rule by rule. */
function lawTexts(contest: ContestDraft, participants: Participants): readonly string[] {
  const { law = {}, options, method } = contest;
  const { firstDivisor, required = [], quorum, localOf, entitled, tieRules = [] } = law;
  const parts: string[] = [];
  if (isSeatMethod(method)) {
    const threshold = thresholdLawOf(contest);
    parts.push(`threshold ${partWords(threshold)}`);
    if (threshold.group !== undefined) parts.push(`common threshold ${threshold.group}`);
    if (threshold.localSeats !== undefined)
      parts.push(`or ${countText(threshold.localSeats, 'local contest')} of ${threshold.group ?? ''} won`);
    if (threshold.exemptFactor !== undefined)
      parts.push(`factor ${fractionText(threshold.exemptFactor)} without a threshold`);
  }
  for (const option of options) {
    const name = titleInEnglish(optionTitle(option, participants));
    if (option.threshold === 'exempt') parts.push(`${name}: no threshold`);
    else if (option.threshold !== undefined)
      parts.push(`${name}: threshold ${resultNumbers.exactShare(option.threshold)}`);
    if (option.candidates !== undefined) parts.push(`${name}: ${countText(option.candidates, 'candidate')}`);
  }
  if (firstDivisor !== undefined) parts.push(`first divisor ${fractionText(firstDivisor)}`);
  for (const rule of required)
    parts.push(`needs ${'votes' in rule ? countText(rule.votes, 'vote') : partWords(rule)} to be elected`);
  if (quorum !== undefined) parts.push(`quorum ${partWords({ ...quorum, of: 'entitled' })}`);
  if (localOf !== undefined) parts.push(`local contest of ${localOf}`);
  if (entitled !== undefined) parts.push(`${numberText(entitled)} people may vote`);
  if (tieRules.length > 0) parts.push(`between equals ${tieRules.map((rule) => tieRuleWords[rule]).join(', then ')}`);
  return parts;
}

/** Countries by their names in English. */
export const phoneLineNames = {
  mobile: 'mobile phones',
  fixed: 'fixed lines',
  voip: 'phones on the internet (VoIP)',
} as const satisfies Readonly<Record<PhoneLine, string>>;

export function phonesText(countries: readonly string[] | undefined, lines = phoneLinesDefault): string {
  if (countries === undefined || countries.length === 0) return 'all';
  const names = new Intl.DisplayNames('en', { type: 'region' });
  const kinds = lines.map((line) => phoneLineNames[line]).join(', ');
  return `${kinds} of ${countries.map((country) => names.of(country) ?? country).join(', ')}`;
}

function identityText({ scheme, second }: Definition['identity']): string {
  const name = identitySchemeNames[scheme];
  return second === undefined ? name : `${name}, by number and ${secondElementNames[second]}`;
}

function voterLines(definition: Definition): readonly DescriptionLine[] {
  const { identity, verification, channels, rehearsal, minBatch } = definition;
  const minutes = verification.verifiedSecondsMax / 60;
  return [
    ['Who can vote', identityText(identity)],
    ['Phone verification', verification.methods.map((method) => methodOfVerifying[method]).join(', or ')],
    ...(verification.activation ? [['Voters without a phone', 'a card from an official at the table'] as const] : []),
    ['Notice to each verified phone', verification.notice ? `object to ${verification.notice.contact}` : 'none'],
    ['Phones that can take part', phonesText(verification.phoneCountries, verification.phoneLines)],
    ['Time to vote after verifying', countText(Math.floor(minutes * 100) / 100, 'minute')],
    ['Ways to vote', channels.map((channel) => channelNames[channel]).join(' and ')],
    ...paperLines(definition),
    ...(rehearsal
      ? ([
          ['Fewest ballots mixed together', numberText(minBatch)],
          ['Late votes accepted for', durationText(graceOf(definition) * 1_000)],
        ] as const)
      : []),
  ];
}

function paperLines({ channels, paper }: Definition): readonly DescriptionLine[] {
  if (!channels.includes('batches')) return [];
  const { confirmation, stations = [] } = paper ?? {};
  return [
    [
      'Batches of paper ballots',
      confirmation === true ? 'count after a second official confirmed them' : 'count as they arrive',
    ],
    ['Stations', stations.length === 0 ? 'one' : countText(stations.length, 'station')],
  ];
}

function languageLines(definition: Definition, participants: Participants): readonly DescriptionLine[] {
  const texts = textsOf(definition, participants);
  return languagesOf(definition).map((tag) => {
    const missing = texts.filter(({ title }) => title[tag] === undefined).length;
    return [
      `Texts in ${languageName(tag)}`,
      missing === 0
        ? `${countText(texts.length, 'text')}, complete`
        : `${missing} of ${countText(texts.length, 'text')} missing`,
    ];
  });
}

export type ElectionText = {
  /** `title`, `organiserKey`, the contest's ID, or the IDs of contest and option. Never an index, because the order may change. */
  readonly key: string;
  readonly label: string;
  readonly title: Title;
  /** Set where the text is a participant's name, which is edited on the participants page. */
  readonly participantId?: string;
};

/** No contest has it as its ID. */
export const organiserKey = '/organiser';

/** Every text that voters read. */
export function textsOf(definition: Definition, participants: Participants): readonly ElectionText[] {
  const contests = definition.contests.flatMap((contest, index) => {
    const options = contest.options.map((option) => ({
      key: `${contest.id}/${option.id}`,
      label: `Contest ${index + 1}, option ${option.number}`,
      title: optionTitle(option, participants),
      ...(option.participantId !== undefined && { participantId: option.participantId }),
    }));
    return [{ key: contest.id, label: `Contest ${index + 1}`, title: contest.title }, ...options];
  });
  const { title, organiser } = definition;
  const ofOrganiser = organiser ? [{ key: organiserKey, label: 'Organiser', title: organiser }] : [];
  return [{ key: 'title', label: 'Election title', title }, ...ofOrganiser, ...contests];
}
