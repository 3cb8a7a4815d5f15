// A text field with label, hint and error in the way of WCAG and the GOV.UK design system, and the summary of errors,
// which takes the focus and links to the fields.
import { h } from '../shared/dom.ts';
import type { Child } from '../shared/dom.ts';
import type { VoterApp } from './app.ts';
import { isolated } from './isolated.ts';

export type FieldOptions = {
  readonly id: string;
  readonly label: string;
  readonly hint: readonly Child[];
  readonly value: string;
  readonly type?: 'text' | 'tel';
  readonly attributes?: Readonly<Record<string, string>>;
  readonly onInput: (value: string) => void;
};
export type Field = { readonly id: string; readonly element: HTMLElement; setError(text: string | null): void };
/** A fault of a field or of a group of them, or of none (`id` null). */
export type FieldFault = { readonly id: string | null; readonly text: string };

export function field(options: FieldOptions): Field {
  const { id, label, hint, value, type = 'text', attributes = {}, onInput } = options;
  const input = h('input', {
    id,
    name: id,
    type,
    spellcheck: 'false',
    // Numbers and codes.
    dir: 'ltr',
    'aria-describedby': `${id}-hint`,
    ...attributes,
    oninput: () => onInput(input.value),
  });
  input.value = value;
  const hintElement = h('p', { id: `${id}-hint`, class: 'muted' }, ...hint);
  const error = h('p', { id: `${id}-error`, class: 'fault', hidden: true });
  const element = h('div', { class: 'field' }, h('label', { for: id }, label), hintElement, error, input);
  return {
    id,
    element,
    setError(text) {
      // A hint that is also the fault is not there twice.
      hintElement.hidden = text === hintElement.textContent;
      error.replaceChildren(...isolated(text ?? ''));
      error.hidden = !text;
      const lines = [hintElement, error].filter((line) => !line.hidden);
      input.setAttribute('aria-describedby', lines.map((line) => line.id).join(' '));
      if (!text) input.removeAttribute('aria-invalid');
      else input.setAttribute('aria-invalid', 'true');
    },
  };
}

export type Summary = { readonly element: HTMLElement; show(faults: readonly FieldFault[], more?: Node): void };

/** The place of the error summary: empty while there are no faults. */
export function errorSummary(app: VoterApp, fields: readonly Field[] = []): Summary {
  const element = h('div', { class: 'summary', tabindex: '-1', hidden: true });
  return {
    element,
    show(faults, more) {
      for (const one of fields) one.setError(faults.find(({ id }) => id === one.id)?.text ?? null);
      element.hidden = faults.length === 0;
      app.setErrors(faults.length > 0);
      const lines = faults.map(({ id, text }) => {
        const toField = (event: Event): void => {
          event.preventDefault();
          // In a group the first choice in view, or the search that hides all of them.
          const place = document.getElementById(id ?? '');
          (
            place?.querySelector<HTMLElement>('label:not([hidden]) input:enabled') ??
            place?.querySelector('input') ??
            place
          )?.focus();
        };
        const parts = isolated(text);
        return h('li', {}, ...(id === null ? parts : [h('a', { href: `#${id}`, onclick: toField }, ...parts)]));
      });
      element.replaceChildren(h('h2', {}, app.t('problem')), h('ul', {}, ...lines), ...(more ? [more] : []));
      if (faults.length > 0) element.focus();
    },
  };
}
