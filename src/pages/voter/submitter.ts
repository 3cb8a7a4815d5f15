// The submit button of a form: never disabled, ignores a second press while the first is in progress, and shows that
// state beside it.
import { h } from '../shared/dom.ts';
import type { VoterApp } from './app.ts';

export function submitter(app: VoterApp, label: string, action: () => Promise<void>) {
  const status = h('p', { class: 'muted' });
  const press = h('button', { type: 'submit', class: 'primary' }, label);
  let busy = false;
  const onsubmit = (event: Event): void => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    press.setAttribute('aria-disabled', 'true');
    status.textContent = app.t('sending');
    void action().finally(() => {
      busy = false;
      press.removeAttribute('aria-disabled');
      status.textContent = '';
    });
  };
  return { element: h('div', { class: 'act' }, press, status), onsubmit };
}
