// A step's form: what is on record, what was typed over it, and saving. What was typed and not saved stays in memory
// while the panel is open, for whoever typed it; it is saved only over the version that it was typed over. When somebody
// else was faster, both are shown and nothing is lost.
import { useState } from 'preact/hooks';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import { callPanel, Refused } from '../../calls.ts';
import { useAct, useRefresh } from '../../remote.ts';
import type { RemoteAction } from '../../remote.ts';
import { useMe } from '../../session/session.tsx';
import { pathOf } from './definition.ts';
import type { Definition } from './definition.ts';
import type { StepFault, StepName } from './steps.ts';

export type StepWork<Values> = {
  readonly name: StepName;
  readonly read: (election: AdministeredElection) => Values;
  /** What PATCH sends, for values over a definition that may be newer than the one they were read from. */
  readonly write: (values: Values, definition: Definition, election: AdministeredElection) => Partial<Definition>;
  /** What can be told without asking; the service tells the rest. */
  readonly check?: (values: Values) => readonly StepFault[];
};

export type StepForm<Values> = {
  readonly values: Values;
  readonly set: (changes: Partial<Values>) => void;
  readonly typed: boolean;
  readonly discard: () => void;
  readonly act: RemoteAction<[]>;
  /** What somebody else made of it, while that is not decided. */
  readonly theirs: AdministeredElection | null;
  /** The definition as it would be with what was typed. */
  readonly mine: () => Definition;
  readonly keepMine: () => void;
  /** What is wrong at a path, for the field there. */
  readonly faultAt: (path: string) => string | undefined;
};

type Kept = { readonly base: AdministeredElection; readonly values: unknown };
const unsaved = new Map<string, Kept>();

export function useStep<Values extends object>(
  election: AdministeredElection,
  { name, read, write, check }: StepWork<Values>,
  onSaved: () => void,
): StepForm<Values> {
  const key = `${useMe().user.id} ${election.id} ${name}`;
  const [kept, setKept] = useState(() => unsaved.get(key) ?? null);
  const [theirs, setTheirs] = useState<AdministeredElection | null>(null);
  const refresh = useRefresh();
  const base = kept?.base ?? election;
  const values = (kept?.values ?? read(election)) as Values;
  const keep = (next: Kept | null): void => {
    if (next === null) unsaved.delete(key);
    else unsaved.set(key, next);
    setKept(next);
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
    // Announcing again is worth it only for a change.
    if (kept === null && election.state !== 'draft') return saved();
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
    typed: kept !== null,
    act,
    theirs,
    set: (changes) => keep({ base, values: { ...values, ...changes } }),
    discard: () => {
      keep(null);
      setTheirs(null);
      act.clear();
      void refresh('elections');
    },
    mine: () => ({ ...base.definition, ...write(values, base.definition, base) }),
    keepMine: () => {
      if (theirs !== null) keep({ base: theirs, values });
      setTheirs(null);
      act.clear();
    },
    faultAt: (path) =>
      act.rejection?.problem.errors?.find((fault) => fault.path.replace(/^body\//, '') === path)?.detail,
  };
}

const patch = (base: AdministeredElection, change: Partial<Definition>): Promise<unknown> =>
  callPanel('elections', pathOf(base.id), {
    method: 'PATCH',
    headers: { 'if-match': `"${base.version}"` },
    body: change,
  });

const changedByOther = {
  title: 'Somebody else changed this election meanwhile',
  detail: 'Nothing of yours was saved, and nothing of it is lost: compare the two below and decide.',
};

/** The election as it is now where a rejection, or no answer at all, may come of a newer version; else null. */
async function changedMeanwhile(error: unknown, base: AdministeredElection): Promise<AdministeredElection | null> {
  if (!(error instanceof Refused) || !error.is('conflict')) return null;
  const { data } = await callPanel<{ election: AdministeredElection }>('elections', pathOf(base.id));
  return data.election.version === base.version ? null : data.election;
}

/** A rejection that the page itself tells, of the same form as the service's. */
export const refusedHere = (faults: readonly StepFault[]): Refused =>
  new Refused(422, {
    title: 'There is a problem',
    detail: 'Mend what is listed here and save again. Nothing was changed.',
    errors: faults.map(({ path, detail }) => ({ path: `body/${path}`, detail })),
  });

/** The id of the field for a path of the request. */
export const fieldId = (path: string): string => `field-${path.replaceAll('/', '-')}`;
