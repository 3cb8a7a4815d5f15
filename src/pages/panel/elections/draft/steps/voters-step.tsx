// Step 5: who can vote, how voters verify their phone, and the ways to vote. A roll is uploaded here.
import type { IdentityScheme } from '../../../../../domain/identity.ts';
import { isCountry } from '../../../../../domain/country.ts';
import { noticeContactCharactersMax } from '../../../../../domain/verification-methods.ts';
import { CheckField, SelectField, TextField } from '../../../parts/field.tsx';
import { channelNames, methodOfVerifying, identitySchemeNames, phoneLineNames, phonesText } from '../../describe.ts';
import { RollSection } from '../../roll/roll-section.tsx';
import { StepFrame } from '../step-frame.tsx';
import { ChoiceBoxes } from './choice-boxes.tsx';
import { PaperFields } from './paper-fields.tsx';
import type { StepProps } from '../step-frame.tsx';
import { fieldId, useStep } from '../use-step.ts';
import type { StepForm } from '../use-step.ts';
import { canActivate, codesOf, votersWork } from './voters-form.ts';
import type { VotersValues } from './voters-form.ts';

function PhoneCountries({ form }: { readonly form: StepForm<VotersValues> }) {
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
] as const satisfies readonly (readonly [VotersValues['second'], string])[];

const methodHint =
  'The code back is for elections that count: a false sender or a gateway for texts cannot vote alone, and only phones ' +
  'that texted get a code. Each voter costs one text. Without it voting costs no texts, and anyone who can forge the sender ' +
  'of a text votes as that phone.';

const noticeHint =
  'A phone number or an address, such as +381 11 123 4567. Each verified phone gets one text that a vote was begun with ' +
  `it, and to object there until voting closes. At most ${noticeContactCharactersMax} characters. Empty: no text is sent.`;

const cardHint =
  'At a polling station an official checks a document, and gives the voter a code for the device there. The audit log has ' +
  'each card with the official and the station, and an official gives at most 120 in an hour. You trust officials not to ' +
  'give cards for people who are not there.';

export function VotersStep({ election, onSaved }: StepProps) {
  const form = useStep(election, votersWork, onSaved);
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
        {canActivate(values) && (
          <CheckField
            label="Officials can give voters without a phone a card"
            hint={cardHint}
            id={fieldId('verification/activation')}
            checked={values.activation}
            onValue={(activation) => set({ activation })}
          />
        )}
        {values.channels.includes('batches') && (
          <PaperFields paper={values.paper} onPaper={(paper) => set({ paper })} faultAt={faultAt} />
        )}
        {election.definition.rehearsal && <RehearsalFields form={form} />}
      </StepFrame>
      {election.definition.identity.scheme === 'roll' && <RollSection election={election} />}
    </>
  );
}

function SchemeFields({ form, announced }: { readonly form: StepForm<VotersValues>; readonly announced: boolean }) {
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

function RehearsalFields({ form }: { readonly form: StepForm<VotersValues> }) {
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
