// Step 1 of a new election. Saving creates a draft with suggestions for all other steps.
import { useState } from 'preact/hooks';
import { Link, useLocation, useSearchParams } from 'wouter-preact';
import { callPanel, Refused } from '../../calls.ts';
import { CheckField, SelectField, TextField } from '../../parts/field.tsx';
import { PageShell } from '../../parts/page.tsx';
import { RehearsalBand } from '../../parts/state-tag.tsx';
import { useAct, useRefresh } from '../../remote.ts';
import { languageName } from '../../../../domain/text/language-name.ts';
import { addressOf } from './definition.ts';
import { isTimeZone } from '../../../../domain/time-zone.ts';
import { languages, languageTags } from '../../../public/languages/languages.ts';
import type { LanguageTag } from '../../../public/languages/languages.ts';
import { ElectionRejection } from '../election-rejection.tsx';
import { OrganiserField, useLastOrganiser } from './organiser-field.tsx';
import type { StepFault } from './steps.ts';
import { shortNameOf, suggestedElection } from './suggestions.ts';
import { electionTypes } from './templates.ts';
import type { ElectionType } from './templates.ts';
import { TimeZoneField, noSuchZone } from './time-zone-field.tsx';
import { fieldId, refusedHere } from './use-step.ts';
import { ownTimeZone } from './zoned-time.ts';

type Typed = {
  readonly title: string;
  /** null: that of the newest election. */
  readonly organiser: string | null;
  /** null: made from the title. */
  readonly shortName: string | null;
  readonly language: LanguageTag;
  /** null until it is chosen. */
  readonly type: ElectionType | null;
  readonly rehearsal: boolean;
  readonly timeZone: string;
};

const idOf = ({ title, shortName }: Typed): string => (shortName ?? shortNameOf(title)).trim();

function faultsOf(typed: Typed): readonly StepFault[] {
  const faults: StepFault[] = [];
  if (typed.title.trim() === '') faults.push({ path: 'title', detail: 'Enter a title.' });
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(idOf(typed)))
    faults.push({ path: 'id', detail: 'Enter a short name with letters a to z, digits and hyphens only.' });
  if (typed.type === null) faults.push({ path: 'type', detail: 'Choose an election type.' });
  if (!isTimeZone(typed.timeZone)) faults.push({ path: 'timeZone', detail: noSuchZone });
  return faults;
}

export function NewElectionPage() {
  const [search] = useSearchParams();
  const asRehearsal = search.has('rehearsal');
  const [typed, setTyped] = useState<Typed>(() => ({
    title: asRehearsal ? 'Rehearsal' : '',
    organiser: null,
    shortName: null,
    language: 'en',
    type: null,
    rehearsal: asRehearsal,
    timeZone: ownTimeZone(),
  }));
  const set = (changes: Partial<Typed>): void => setTyped({ ...typed, ...changes });
  const lastOrganiser = useLastOrganiser(typed.language);
  const organiser = typed.organiser ?? lastOrganiser;
  const [, go] = useLocation();
  const refresh = useRefresh();
  const act = useAct(async () => {
    const faults = faultsOf(typed);
    const { type } = typed;
    if (faults.length > 0 || type === null) throw refusedHere(faults);
    const { suggestions } = await languages[typed.language].load().catch(() => {
      throw new Refused(0, { title: 'No connection', detail: 'A part of this page did not load. Nothing was saved.' });
    });
    const body = suggestedElection({ ...typed, organiser, type, id: idOf(typed) }, suggestions, Date.now());
    await callPanel('elections', '/v1/elections', { method: 'POST', body });
    await refresh('elections');
    go(`${addressOf(idOf(typed))}/edit/dates`);
  });
  const faultAt = (path: string): string | undefined =>
    act.rejection?.problem.errors?.find((fault) => fault.path === `body/${path}`)?.detail;
  return (
    <PageShell title={typed.rehearsal ? 'Start a rehearsal' : 'Create an election'} rehearsal={typed.rehearsal}>
      {typed.rehearsal && <RehearsalBand />}
      <p class="muted">Step 1 of 7 · Name and type. Saving creates a draft. Only administrators and auditors see it.</p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void act.run();
        }}
      >
        <ElectionRejection rejection={act.rejection} electionId={idOf(typed)} step="name" />
        <NameFields {...{ typed, organiser, set, faultAt }} />
        <TypeFields {...{ typed, set }} fault={faultAt('type')} />
        <div class="acts">
          <button type="submit" class="primary" aria-disabled={act.busy}>
            Save and continue
          </button>
          <Link href="/elections">Cancel</Link>
          {act.busy && <span role="status">Saving…</span>}
        </div>
      </form>
    </PageShell>
  );
}

type FieldsProps = { readonly typed: Typed; readonly set: (changes: Partial<Typed>) => void };

function NameFields({
  typed,
  organiser,
  set,
  faultAt,
}: FieldsProps & { readonly organiser: string; readonly faultAt: (path: string) => string | undefined }) {
  return (
    <>
      <TextField
        label="Title"
        hint="Voters see this title, for example “Parliament 2026”."
        id={fieldId('title')}
        value={typed.title}
        onValue={(title) => set({ title })}
        fault={faultAt('title')}
        lang={typed.language}
        dir="auto"
      />
      <SelectField
        label="Title language"
        hint="The main language of the election. You can add others in step 6."
        value={typed.language}
        onValue={(language) => set({ language })}
        options={languageTags.map((tag) => [tag, languageName(tag)] as const)}
      />
      <OrganiserField
        value={organiser}
        onValue={(text) => set({ organiser: text })}
        fault={faultAt('organiser')}
        rehearsal={typed.rehearsal}
        language={typed.language}
      />
      <TextField
        label="Short name"
        hint="Used in links and files. You type it to confirm permanent actions. It cannot be changed."
        id={fieldId('id')}
        value={typed.shortName ?? shortNameOf(typed.title)}
        onValue={(shortName) => set({ shortName })}
        fault={faultAt('id')}
        autocomplete="off"
        spellcheck={false}
      />
      <TimeZoneField
        id={fieldId('timeZone')}
        value={typed.timeZone}
        onValue={(timeZone) => set({ timeZone })}
        fault={faultAt('timeZone')}
      />
    </>
  );
}

function TypeFields({ typed, set, fault }: FieldsProps & { readonly fault: string | undefined }) {
  return (
    <>
      <fieldset id={fieldId('type')}>
        <legend>Election type</legend>
        {fault !== undefined && <p class="fault">{fault}</p>}
        <p class="hint">The type suggests a counting rule. You can change it.</p>
        {electionTypes.map(([type, name, hint]) => (
          <div class="check" key={type}>
            <input
              type="radio"
              name="type"
              id={`type-${type}`}
              checked={typed.type === type}
              aria-describedby={`type-${type}-hint`}
              onChange={() => set({ type })}
            />
            <div>
              <label for={`type-${type}`}>{name}</label>
              <p class="hint" id={`type-${type}-hint`}>
                {hint}
              </p>
            </div>
          </div>
        ))}
      </fieldset>
      <CheckField
        label="This is a rehearsal"
        hint="Everything works as in a real election, but no vote counts. Every page shows that it is a rehearsal."
        checked={typed.rehearsal}
        onValue={(rehearsal) => set({ rehearsal })}
      />
    </>
  );
}
