// The rules of single lists: no threshold, a threshold of their own, and the number of candidates.
import { CheckField, TextField } from '../../../parts/field.tsx';
import type { RuleForm } from '../rule-form.ts';
import { fieldId } from '../use-step.ts';
import type { LawProps } from './law-text.tsx';

export function ListRules({ path, options, rule, onRule, faultAt }: LawProps) {
  const set = (id: string, change: Partial<RuleForm['lists'][string]>): void => {
    const list = rule.lists[id] ?? { exempt: false, threshold: '', candidates: '' };
    onRule({ ...rule, lists: { ...rule.lists, [id]: { ...list, ...change } } });
  };
  return (
    <fieldset>
      <legend>Rules of single lists</legend>
      <p class="hint">
        A list without a threshold takes part with any number of votes. A list with fewer candidates than seats gets no
        more seats than candidates; its further seats go to the next list.
      </p>
      {options.map(([id, name], place) => {
        const list = rule.lists[id] ?? { exempt: false, threshold: '', candidates: '' };
        const at = `${path}/options/${place}`;
        return (
          <div key={id} class="list-rules">
            <CheckField
              label={`${name}: no threshold`}
              checked={list.exempt}
              onValue={(exempt) => set(id, { exempt })}
            />
            {!list.exempt && (
              <TextField
                label={`${name}: own threshold in percent`}
                id={fieldId(`${at}/threshold`)}
                class="short"
                autocomplete="off"
                value={list.threshold}
                onValue={(threshold) => set(id, { threshold })}
                fault={faultAt(`${at}/threshold`)}
              />
            )}
            <TextField
              label={`${name}: number of candidates`}
              id={fieldId(`${at}/candidates`)}
              class="short"
              inputMode="numeric"
              autocomplete="off"
              value={list.candidates}
              onValue={(candidates) => set(id, { candidates })}
              fault={faultAt(`${at}/candidates`)}
            />
          </div>
        );
      })}
    </fieldset>
  );
}
