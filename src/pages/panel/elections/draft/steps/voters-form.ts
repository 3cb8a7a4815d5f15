// Who can vote, how they verify and the ways to vote, as a form.
import type { IdentityScheme } from '../../../../../domain/identity.ts';
import { phoneLinesDefault } from '../../../../../domain/phone-lines.ts';
import type { PhoneLine } from '../../../../../domain/phone-lines.ts';
import { isCountry } from '../../../../../domain/country.ts';
import { faultOfMethods } from '../../../../../domain/verification-methods.ts';
import { isSuggestedLife } from '../../../../../domain/suggested-values.ts';
import { typedCount, typedDecimal } from '../../../../../domain/text/typed-number.ts';
import type { SecondElement } from '../../../../../domain/roll/second-element.ts';
import type { Definition } from '../definition.ts';
import { paperFormOf, paperRulesOf, wrongPrintedLine, wrongStationLine } from '../paper-form.ts';
import type { PaperForm } from '../paper-form.ts';
import type { StepFault } from '../steps.ts';
import type { StepWork } from '../use-step.ts';

type Channel = Definition['channels'][number];
type Method = Definition['verification']['methods'][number];
export type VotersValues = {
  /** Empty until it is chosen in a new election. */
  readonly scheme: IdentityScheme | '';
  /** Empty where the roll has none. */
  readonly second: SecondElement | '';
  readonly methods: readonly Method[];
  /** Whether officials may give voters without a phone a card. */
  readonly activation: boolean;
  /** Empty: no notices. */
  readonly contact: string;
  readonly channels: readonly Channel[];
  /** Country codes in one field. */
  readonly countries: string;
  readonly lines: readonly PhoneLine[];
  /** As a string from the field. */
  readonly minutes: string;
  readonly minBatch: string;
  readonly graceSeconds: string;
  readonly paper: PaperForm;
};

/** The suggested time to vote is fifteen minutes and one second. */
const displaySeconds = (seconds: number): number => (isSuggestedLife(seconds) ? seconds - 1 : seconds);

export const votersWork: StepWork<VotersValues> = {
  name: 'voters',
  read: ({ definition: { identity, verification, channels, minBatch, graceSeconds, paper = {} } }) => ({
    ...(isSuggestedLife(verification.verifiedSecondsMax)
      ? { scheme: '', methods: [], channels: [] }
      : { scheme: identity.scheme, methods: verification.methods, channels }),
    second: identity.second ?? '',
    activation: verification.activation === true,
    contact: verification.notice?.contact ?? '',
    countries: (verification.phoneCountries ?? []).join(', '),
    lines: verification.phoneLines ?? phoneLinesDefault,
    minutes: String(displaySeconds(verification.verifiedSecondsMax) / 60),
    minBatch: String(minBatch),
    graceSeconds: String(graceSeconds),
    paper: paperFormOf(paper),
  }),
  write: (
    {
      scheme,
      second,
      methods,
      activation,
      contact,
      countries,
      lines,
      channels,
      minutes,
      minBatch,
      graceSeconds,
      paper,
    },
    { rehearsal },
  ) => ({
    ...(scheme !== '' && { identity: { scheme, ...(scheme === 'roll' && second !== '' && { second }) } }),
    verification: {
      methods: [...methods],
      verifiedSecondsMax: Math.round(typedDecimal(minutes) * 60),
      ...(activation && canActivate({ scheme, channels }) && { activation: true as const }),
      ...(contact.trim() !== '' && { notice: { contact: contact.trim() } }),
      ...(codesOf(countries).length > 0 && { phoneCountries: codesOf(countries), ...linesOf(lines) }),
    },
    channels: [...channels],
    ...(channels.includes('batches') && { paper: paperRulesOf(paper) }),
    ...(rehearsal && { minBatch: typedCount(minBatch), graceSeconds: typedCount(graceSeconds) }),
  }),
  check: ({ scheme, methods, countries, lines, channels, minutes, minBatch, graceSeconds, paper }) => {
    const faults: StepFault[] = [];
    const refuse = (path: string, detail: string): void => void faults.push({ path, detail });
    if (scheme === '') refuse('identity', 'Choose who can vote.');
    const method = faultOfMethods(methods);
    if (methods.length === 0) refuse('verification/methods', 'Choose at least one way to verify a phone.');
    else if (method !== null) refuse('verification/methods', method);
    const wrong = codesOf(countries).filter((code) => !isCountry(code));
    if (codesOf(countries).length === 0) {
      refuse('verification/phoneCountries', 'Enter the code of at least one country, such as RS.');
    }
    if (wrong.length > 0) {
      refuse('verification/phoneCountries', `Not a country code: ${wrong.join(', ')}. Enter codes such as RS, ME.`);
    }
    if (lines.length === 0) refuse('verification/phoneLines', 'Choose at least one kind of phone.');
    if (channels.length === 0) refuse('channels', 'Choose at least one way to vote.');
    const line = channels.includes('batches') ? wrongStationLine(paper) : null;
    if (line !== null) refuse('paper/stations', `Line ${line} is not an ID, a semicolon and a name.`);
    const range = channels.includes('batches') ? wrongPrintedLine(paper) : null;
    if (range !== null)
      refuse('paper/printed', `Line ${range} is not the ID of a station above and two ballot IDs, with semicolons.`);
    if (!(typedDecimal(minutes) >= 1))
      refuse('verification/verifiedSecondsMax', 'Enter a number of minutes, 1 or more.');
    if (!Number.isInteger(typedCount(minBatch))) refuse('minBatch', 'Enter a whole number of ballots.');
    if (!Number.isInteger(typedCount(graceSeconds))) refuse('graceSeconds', 'Enter a whole number of seconds.');
    return faults;
  },
};

/** Only people on a roll, who vote online. */
export const canActivate = ({ scheme, channels }: Pick<VotersValues, 'scheme' | 'channels'>): boolean =>
  scheme === 'roll' && channels.includes('online');

/** Mobile phones alone are not written down: they are the rule where countries are named. */
const linesOf = (lines: readonly PhoneLine[]) =>
  lines.length === 1 && lines[0] === 'mobile' ? {} : { phoneLines: [...lines] };

/** Each code once, in the order in which they were typed. */
export function codesOf(countries: string): string[] {
  const codes = countries
    .normalize('NFKC')
    .toUpperCase()
    .split(/[\s,;]+/u);
  return [...new Set(codes.filter((code) => code !== ''))];
}
