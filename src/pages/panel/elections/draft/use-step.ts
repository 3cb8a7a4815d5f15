// A step as a form: the saved version, the changes, and saving. Unsaved changes stay in memory for the person who made
// them while the panel is open. They are saved only over the version they started from. After a conflict both versions
// are shown and nothing is lost.
import { useState } from 'preact/hooks';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import { callPanel, Refused } from '../../calls.ts';
import { useAct, useRefresh } from '../../remote.ts';
import type { RemoteAction } from '../../remote.ts';
import { useMe } from '../../session/session.tsx';
import { pathOf } from './definition.ts';
import type { Definition } from './definition.ts';
import type { StepFault, StepName } from './steps.ts';

/** A PATCH body. null removes the text about the organiser, its colour and logo, and the time of the result. */
export type DefinitionChange = Omit<Partial<Definition>, 'organiser' | 'colour' | 'logo' | 'resultHours'> & {
  readonly organiser?: Definition['organiser'] | null;
  readonly colour?: Definition['colour'] | null;
  readonly logo?: Definition['logo'] | null;
  readonly resultHours?: Definition['resultHours'] | null;
};

export type StepWork<Values> = {
  readonly name: StepName;
  readonly read: (election: AdministeredElection) => Values;
  /** The PATCH body for values over a definition that may be newer than the one in the form. */
  readonly write: (values: Values, definition: Definition, election: AdministeredElection) => DefinitionChange;
  /** Faults that the page finds itself; the service finds the rest. */
  readonly check?: (values: Values) => readonly StepFault[];
};

export type StepForm<Values> = {
  readonly values: Values;
  readonly set: (changes: Partial<Values>) => void;
  readonly typed: boolean;
  readonly discard: () => void;
  readonly act: RemoteAction<[]>;
  /** The other person's version, until the conflict is resolved. */
  readonly theirs: AdministeredElection | null;
  /** The definition with the changes. */
  readonly mine: () => Definition;
  readonly keepMine: () => void;
  /** The fault at a path, for its field. */
  readonly faultAt: (path: string) => string | undefined;
};

type Unsaved = { readonly base: AdministeredElection; readonly values: unknown };
const unsaved = new Map<string, Unsaved>();

export function useStep<Values extends object>(
  election: AdministeredElection,
  { name, read, write, check }: StepWork<Values>,
  onSaved: () => void,
): StepForm<Values> {
  const key = `${useMe().user.id} ${election.id} ${name}`;
  const [draft, setDraft] = useState(() => unsaved.get(key) ?? null);
  const [theirs, setTheirs] = useState<AdministeredElection | null>(null);
  const refresh = useRefresh();
  const base = draft?.base ?? election;
  const values = (draft?.values ?? read(election)) as Values;
  const keep = (next: Unsaved | null): void => {
    if (next === null) unsaved.delete(key);
    else unsaved.set(key, next);
    setDraft(next);
  };
  const saved = async (): Promise<void> => {
    keep(null);
    setTheirs(null);
    await refresh('elections');
    onSaved();
  };
  const act = useAct(async () => {
    const faults = check?.(values) ?? [];
    if (faults.length > 0) throw refusedHere(faults);
    // A new announcement needs a change.
    if (draft === null && election.state !== 'draft') return saved();
    try {
      await patch(base, write(values, base.definition, base));
    } catch (error) {
      const now = await changedMeanwhile(error, base);
      if (now === null) throw error;
      if (JSON.stringify(read(now)) !== JSON.stringify(values)) {
        setTheirs(now);
        throw new Refused(409, changedByOther);
      }
    }
    return saved();
  });
  return {
    values,
    typed: draft !== null,
    act,
    theirs,
    set: (changes) => keep({ base, values: { ...values, ...changes } }),
    discard: () => {
      keep(null);
      setTheirs(null);
      act.clear();
      void refresh('elections');
    },
    mine: () => changedBy(base.definition, write(values, base.definition, base)),
    keepMine: () => {
      if (theirs !== null) keep({ base: theirs, values });
      setTheirs(null);
      act.clear();
    },
    faultAt: (path) =>
      act.rejection?.problem.errors?.find((fault) => fault.path.replace(/^body\//, '') === path)?.detail,
  };
}

/** A definition with a change in it, as the service stores it. */
function changedBy(definition: Definition, change: DefinitionChange): Definition {
  const {
    organiser = definition.organiser,
    colour = definition.colour,
    logo = definition.logo,
    resultHours = definition.resultHours,
    ...others
  } = change;
  return {
    ...definition,
    ...others,
    organiser: organiser ?? undefined,
    colour: colour ?? undefined,
    logo: logo ?? undefined,
    resultHours: resultHours ?? undefined,
  };
}

const patch = (base: AdministeredElection, change: DefinitionChange): Promise<unknown> =>
  callPanel('elections', pathOf(base.id), {
    method: 'PATCH',
    headers: { 'if-match': `"${base.version}"` },
    body: change,
  });

const changedByOther = {
  title: 'This election was changed since you opened it',
  detail: 'Your changes are not saved and not lost. Compare both versions below and choose one.',
};

/** The current election where a rejection or a lost response may come from a newer version; else null. */
async function changedMeanwhile(error: unknown, base: AdministeredElection): Promise<AdministeredElection | null> {
  if (!(error instanceof Refused) || !error.is('conflict')) return null;
  const { data } = await callPanel<{ election: AdministeredElection }>('elections', pathOf(base.id));
  return data.election.version === base.version ? null : data.election;
}

/** A rejection by the page itself, in the format of the service. */
export const refusedHere = (faults: readonly StepFault[]): Refused =>
  new Refused(422, {
    title: 'There is a problem',
    detail: 'Fix the problems below and save again. Nothing was changed.',
    errors: faults.map(({ path, detail }) => ({ path: `body/${path}`, detail })),
  });

/** The ID of the field for a path in the request. */
export const fieldId = (path: string): string => `field-${path.replaceAll('/', '-')}`;
