// Step 1: the title, and whether it is a rehearsal. The short name is for good.
import { CheckField, TextField } from '../../../parts/field.tsx';
import { languageName, mainLanguage } from '../definition.ts';
import type { Definition } from '../definition.ts';
import { StepFrame } from '../step-frame.tsx';
import type { StepProps } from '../step-frame.tsx';
import { fieldId, useStep } from '../use-step.ts';
import type { StepWork } from '../use-step.ts';

type Values = { readonly title: string; readonly rehearsal: boolean };

/** Outside rehearsals these are as the law of the platform says: of the service, K = 50 and two minutes. */
const real = { minBatch: 50, graceSeconds: 120 } as const;

const work: StepWork<Values> = {
  name: 'name',
  read: ({ definition }) => ({
    title: definition.title[mainLanguage(definition)] ?? '',
    rehearsal: definition.rehearsal,
  }),
  write: ({ title, rehearsal }, definition): Partial<Definition> => ({
    title: { ...definition.title, [mainLanguage(definition)]: title },
    ...(rehearsal !== definition.rehearsal && { rehearsal, ...(!rehearsal && real) }),
  }),
  check: ({ title }) => (title.trim() === '' ? [{ path: 'title', detail: 'Enter a title.' }] : []),
};

export function NameStep({ election, onSaved }: StepProps) {
  const form = useStep(election, work, onSaved);
  const { values, set } = form;
  const { definition } = election;
  return (
    <StepFrame step="name" election={election} form={form}>
      <TextField
        label={`Title (${languageName(mainLanguage(definition))})`}
        hint="As voters read it. Other languages come in step 6."
        id={fieldId('title')}
        value={values.title}
        onValue={(title) => set({ title })}
        fault={form.faultAt('title')}
        lang={mainLanguage(definition)}
        dir="auto"
      />
      {election.state === 'draft' ? (
        <CheckField
          label="This is a rehearsal"
          hint="Everything works as in a real election, says on every page that it is a rehearsal, and counts for nothing."
          id={fieldId('rehearsal')}
          checked={values.rehearsal}
          onValue={(rehearsal) => set({ rehearsal })}
        />
      ) : (
        <p class="hint">
          {definition.rehearsal ? 'It is announced as a rehearsal and stays one.' : 'It is announced as no rehearsal.'}
        </p>
      )}
      <p>
        Short name: <code>{election.id}</code> <span class="muted">stays for good</span>
      </p>
      <p class="muted">
        What kind of election it is shows in its contests and counting rule: steps 3 and 4 change them.
      </p>
    </StepFrame>
  );
}
