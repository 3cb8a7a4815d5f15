// Step 5: who can vote, how voters verify their phone, and the ways to vote. A roll is uploaded here.
import type { IdentityScheme } from '../../../../../domain/identity.ts';
import { phoneLinesDefault } from '../../../../../domain/phone-lines.ts';
import type { PhoneLine } from '../../../../../domain/phone-lines.ts';
import { isCountry } from '../../../../../domain/country.ts';
import { faultOfMethods, noticeContactCharactersMax } from '../../../../../domain/verification-methods.ts';
import { typedCount, typedDecimal } from '../../../../../domain/text/typed-number.ts';
import type { SecondElement } from '../../../../../domain/roll/second-element.ts';
import { SelectField, TextField } from '../../../parts/field.tsx';
import { channelNames, methodOfVerifying, identitySchemeNames, phoneLineNames, phonesText } from '../../describe.ts';
import type { Definition } from '../definition.ts';
import { paperFormOf, paperRulesOf, wrongStationLine } from '../paper-form.ts';
import type { PaperForm } from '../paper-form.ts';
import { RollSection } from '../../roll/roll-section.tsx';
import { StepFrame } from '../step-frame.tsx';
import { ChoiceBoxes } from './choice-boxes.tsx';
import { PaperFields } from './paper-fields.tsx';
import type { StepProps } from '../step-frame.tsx';
import type { StepFault } from '../steps.ts';
import { isSuggestedLife } from '../suggestions.ts';
import { fieldId, useStep } from '../use-step.ts';
import type { StepForm, StepWork } from '../use-step.ts';

type Channel = Definition['channels'][number];
type Method = Definition['verification']['methods'][number];
type Values = {
  readonly scheme: IdentityScheme;
  /** Empty where the roll has none. */
  readonly second: SecondElement | '';
  readonly methods: readonly Method[];
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

const work: StepWork<Values> = {
  name: 'voters',
  read: ({ definition: { identity, verification, channels, minBatch, graceSeconds, paper = {} } }) => ({
    scheme: identity.scheme,
    second: identity.second ?? '',
    methods: verification.methods,
    contact: verification.notice?.contact ?? '',
    countries: (verification.phoneCountries ?? []).join(', '),
    lines: verification.phoneLines ?? phoneLinesDefault,
    channels,
    minutes: String(displaySeconds(verification.verifiedSecondsMax) / 60),
    minBatch: String(minBatch),
    graceSeconds: String(graceSeconds),
    paper: paperFormOf(paper),
  }),
  write: (
    { scheme, second, methods, contact, countries, lines, channels, minutes, minBatch, graceSeconds, paper },
    { rehearsal, paper: before = {} },
  ) => ({
    identity: { scheme, ...(scheme === 'roll' && second !== '' && { second }) },
    verification: {
      methods: [...methods],
      verifiedSecondsMax: Math.round(typedDecimal(minutes) * 60),
      ...(contact.trim() !== '' && { notice: { contact: contact.trim() } }),
      ...(codesOf(countries).length > 0 && { phoneCountries: codesOf(countries), ...linesOf(lines) }),
    },
    channels: [...channels],
    ...(channels.includes('batches') && { paper: paperRulesOf(paper, before) }),
    ...(rehearsal && { minBatch: typedCount(minBatch), graceSeconds: typedCount(graceSeconds) }),
  }),
  check: ({ methods, countries, lines, channels, minutes, minBatch, graceSeconds, paper }) => {
    const faults: StepFault[] = [];
    const refuse = (path: string, detail: string): void => void faults.push({ path, detail });
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
    if (!(typedDecimal(minutes) >= 1))
      refuse('verification/verifiedSecondsMax', 'Enter a number of minutes, 1 or more.');
    if (!Number.isInteger(typedCount(minBatch))) refuse('minBatch', 'Enter a whole number of ballots.');
    if (!Number.isInteger(typedCount(graceSeconds))) refuse('graceSeconds', 'Enter a whole number of seconds.');
    return faults;
  },
};

/** Mobile phones alone are not written down: they are the rule where countries are named. */
const linesOf = (lines: readonly PhoneLine[]) =>
  lines.length === 1 && lines[0] === 'mobile' ? {} : { phoneLines: [...lines] };

/** Each code once, in the order in which they were typed. */
function codesOf(countries: string): string[] {
  const codes = countries
    .normalize('NFKC')
    .toUpperCase()
    .split(/[\s,;]+/u);
  return [...new Set(codes.filter((code) => code !== ''))];
}

function PhoneCountries({ form }: { readonly form: StepForm<Values> }) {
  const { values, set, faultAt } = form;
  const codes = codesOf(values.countries).filter(isCountry);
  return (
    <>
      <TextField
        label="Countries of the phones that can vote"
        hint={
          'Codes such as RS, ME. A number without a country code is read as one of the first. ' +
          `Now: ${phonesText(codes, values.lines)}.`
        }
        id={fieldId('verification/phoneCountries')}
        class="short"
        value={values.countries}
        onValue={(countries) => set({ countries })}
        fault={faultAt('verification/phoneCountries')}
      />
      <ChoiceBoxes
        legend="Kinds of phones that can vote"
        path="verification/phoneLines"
        texts={phoneLineNames}
        selection={values.lines}
        onSelect={(lines) => set({ lines })}
        fault={faultAt('verification/phoneLines')}
      />
    </>
  );
}

const schemeHints: Readonly<Record<IdentityScheme, string>> = {
  'phone-only': 'One vote for each phone number. Voters do not enter an identity number.',
  hkid: 'One vote for each card number and phone. We check the check digit, not whether the person exists.',
  jmbg: 'One vote for each JMBG and phone. We check the date and the check digit, not whether the person exists.',
  roll: 'One vote for each number on a list that you upload.',
};

const secondOptions = [
  ['', 'Nothing'],
  ['pin', 'A PIN of 4 to 12 digits'],
  ['birth-date', 'Their birth date'],
] as const satisfies readonly (readonly [Values['second'], string])[];

const methodHint =
  'The code back is for elections that count: a false sender or a gateway for texts cannot vote alone, and only phones ' +
  'that texted get a code. Each voter costs one text. Without it voting costs no texts, and anyone who can forge the sender ' +
  'of a text votes as that phone.';

const noticeHint =
  'A phone number or an address, such as +381 11 123 4567. Each verified phone gets one text that a vote was begun with ' +
  `it, and to object there until voting closes. At most ${noticeContactCharactersMax} characters. Empty: no text is sent.`;

export function VotersStep({ election, onSaved }: StepProps) {
  const form = useStep(election, work, onSaved);
  const { values, set, faultAt } = form;
  return (
    <>
      <StepFrame step="voters" election={election} form={form}>
        <SchemeFields form={form} announced={election.state !== 'draft'} />
        <ChoiceBoxes
          legend="Phone verification"
          hint={methodHint}
          path="verification/methods"
          texts={methodOfVerifying}
          selection={values.methods}
          onSelect={(methods) => set({ methods })}
          fault={faultAt('verification/methods')}
        />
        <TextField
          label="Notice to each verified phone"
          hint={noticeHint}
          id={fieldId('verification/notice/contact')}
          value={values.contact}
          onValue={(contact) => set({ contact })}
          fault={faultAt('verification/notice/contact') ?? faultAt('verification/notice')}
        />
        <PhoneCountries form={form} />
        <TextField
          label="Minutes to vote after verifying"
          hint="15 is usual. Allow more time if people verify early to avoid a rush."
          id={fieldId('verification/verifiedSecondsMax')}
          class="short"
          inputMode="decimal"
          value={values.minutes}
          onValue={(minutes) => set({ minutes })}
          fault={faultAt('verification/verifiedSecondsMax')}
        />
        <ChoiceBoxes
          legend="Ways to vote"
          path="channels"
          texts={channelNames}
          selection={values.channels}
          onSelect={(channels) => set({ channels })}
          fault={faultAt('channels')}
        />
        {values.channels.includes('batches') && (
          <PaperFields
            paper={values.paper}
            onPaper={(paper) => set({ paper })}
            fault={faultAt('paper/stations') ?? faultAt('paper')}
          />
        )}
        {election.definition.rehearsal && <RehearsalFields form={form} />}
      </StepFrame>
      {election.definition.identity.scheme === 'roll' && <RollSection election={election} />}
    </>
  );
}

function SchemeFields({ form, announced }: { readonly form: StepForm<Values>; readonly announced: boolean }) {
  const { values, set, faultAt } = form;
  const fault = faultAt('identity/scheme') ?? faultAt('identity');
  return (
    <fieldset id={fieldId('identity')}>
      <legend>Who can vote</legend>
      {fault !== undefined && <p class="fault">{fault}</p>}
      {announced && (
        <p class="hint">This cannot change after the announcement, because people who verified could vote twice.</p>
      )}
      {(Object.keys(schemeHints) as IdentityScheme[]).map((scheme) => (
        <div class="check" key={scheme}>
          <input
            type="radio"
            name="scheme"
            id={`scheme-${scheme}`}
            checked={values.scheme === scheme}
            disabled={announced && values.scheme !== scheme}
            aria-describedby={`scheme-${scheme}-hint`}
            onChange={() => set({ scheme })}
          />
          <div>
            <label for={`scheme-${scheme}`}>{identitySchemeNames[scheme]}</label>
            <p class="hint" id={`scheme-${scheme}-hint`}>
              {schemeHints[scheme]}
            </p>
          </div>
        </div>
      ))}
      {values.scheme === 'roll' && (
        <SelectField
          label="Second element"
          hint="Voters enter it besides their number. The roll file has it in a column. It cannot change once the roll has people."
          id={fieldId('identity/second')}
          value={values.second}
          options={announced ? secondOptions.filter(([second]) => second === values.second) : secondOptions}
          onValue={(second) => set({ second })}
          fault={faultAt('identity/second')}
        />
      )}
      {values.scheme === 'roll' && !announced && (
        <p class="note">
          Save this step, then upload the roll here or on the election page. You can correct it until voting opens, and
          add people until voting closes.
        </p>
      )}
    </fieldset>
  );
}

function RehearsalFields({ form }: { readonly form: StepForm<Values> }) {
  const { values, set, faultAt } = form;
  return (
    <fieldset>
      <legend>Rehearsal settings</legend>
      <TextField
        label="Fewest ballots mixed together"
        hint="With 1, each ballot appears immediately and is not anonymous. A real election uses 50."
        id={fieldId('minBatch')}
        class="short"
        inputMode="numeric"
        value={values.minBatch}
        onValue={(minBatch) => set({ minBatch })}
        fault={faultAt('minBatch')}
      />
      <TextField
        label="Seconds for late votes"
        hint="People who verified before the end can still vote. A real election uses 120."
        id={fieldId('graceSeconds')}
        class="short"
        inputMode="numeric"
        value={values.graceSeconds}
        onValue={(graceSeconds) => set({ graceSeconds })}
        fault={faultAt('graceSeconds')}
      />
    </fieldset>
  );
}
