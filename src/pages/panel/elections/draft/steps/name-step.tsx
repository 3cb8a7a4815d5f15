// Step 1: the title, who holds the election, and whether it is a rehearsal. The short name cannot change.
import { colourFault } from '../../../../../domain/text/readable-colour.ts';
import { CheckField, TextField } from '../../../parts/field.tsx';
import { languageName } from '../../../../../domain/text/language-name.ts';
import { mainLanguage } from '../definition.ts';
import { OrganiserField } from '../organiser-field.tsx';
import { StepFrame } from '../step-frame.tsx';
import type { StepProps } from '../step-frame.tsx';
import { fieldId, useStep } from '../use-step.ts';
import type { DefinitionChange, StepWork } from '../use-step.ts';
import { ColourField } from './colour-field.tsx';
import { LogoField } from './logo-field.tsx';

type Values = {
  readonly title: string;
  readonly organiser: string;
  /** Empty where there is none. */
  readonly colour: string;
  /** Base64; empty where there is none. */
  readonly logo: string;
  readonly rehearsal: boolean;
};

/** In real elections these follow the law of the platform and come from the service: K = 50 and two minutes. */
const real = { minBatch: 50, graceSeconds: 120 } as const;

const work: StepWork<Values> = {
  name: 'name',
  read: ({ definition }) => ({
    title: definition.title[mainLanguage(definition)] ?? '',
    organiser: definition.organiser?.[mainLanguage(definition)] ?? '',
    colour: definition.colour ?? '',
    logo: definition.logo ?? '',
    rehearsal: definition.rehearsal,
  }),
  write: ({ title, organiser, colour, logo, rehearsal }, definition): DefinitionChange => ({
    title: { ...definition.title, [mainLanguage(definition)]: title },
    // Without it in the main language there is none.
    organiser: organiser.trim() === '' ? null : { ...definition.organiser, [mainLanguage(definition)]: organiser },
    // Only a change is sent: `elections` of the release before does not know colours and logos.
    ...(colour.trim() !== (definition.colour ?? '') && { colour: colour.trim() === '' ? null : colour.trim() }),
    ...(logo !== (definition.logo ?? '') && { logo: logo === '' ? null : logo }),
    ...(rehearsal !== definition.rehearsal && { rehearsal, ...(!rehearsal && real) }),
  }),
  check: ({ title, colour }) => {
    const fault = colour.trim() === '' ? null : colourFault(colour.trim());
    return [
      ...(title.trim() === '' ? [{ path: 'title', detail: 'Enter a title.' }] : []),
      ...(fault === null ? [] : [{ path: 'colour', detail: fault }]),
    ];
  },
};

export function NameStep({ election, onSaved }: StepProps) {
  const form = useStep(election, work, onSaved);
  const { values, set } = form;
  const { definition } = election;
  return (
    <StepFrame step="name" election={election} form={form}>
      <TextField
        label={`Title (${languageName(mainLanguage(definition))})`}
        hint="Voters see this title. You can add other languages in step 6."
        id={fieldId('title')}
        value={values.title}
        onValue={(title) => set({ title })}
        fault={form.faultAt('title')}
        lang={mainLanguage(definition)}
        dir="auto"
      />
      <OrganiserField
        value={values.organiser}
        onValue={(organiser) => set({ organiser })}
        fault={form.faultAt('organiser')}
        rehearsal={values.rehearsal}
        language={mainLanguage(definition)}
      />
      <ColourField value={values.colour} onValue={(colour) => set({ colour })} fault={form.faultAt('colour')} />
      <LogoField
        value={values.logo}
        name={values.organiser}
        onValue={(logo) => set({ logo })}
        fault={form.faultAt('logo')}
      />
      {election.state === 'draft' ? (
        <CheckField
          label="This is a rehearsal"
          hint="Everything works as in a real election, but no vote counts. Every page shows that it is a rehearsal."
          id={fieldId('rehearsal')}
          checked={values.rehearsal}
          onValue={(rehearsal) => set({ rehearsal })}
        />
      ) : (
        <p class="hint">
          {definition.rehearsal
            ? 'It was announced as a rehearsal. This cannot change.'
            : 'It was announced as a real election. This cannot change.'}
        </p>
      )}
      <p>
        Short name: <code>{election.id}</code> <span class="muted">cannot be changed</span>
      </p>
      <p class="muted">You can change the contests and the counting rule in steps 3 and 4.</p>
    </StepFrame>
  );
}
