// A form's one button: never disabled, deaf to a second press while the first is on its way, and saying so beside it.
import { h } from '../shared/dom.ts';
import type { VoterApp } from './app.ts';

export function submitter(app: VoterApp, label: string, act: () => Promise<void>) {
  const status = h('p', { class: 'muted' });
  const press = h('button', { type: 'submit', class: 'primary' }, label);
  let busy = false;
  const onsubmit = (event: Event): void => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    press.setAttribute('aria-disabled', 'true');
    status.textContent = app.t('sending');
    void act().finally(() => {
      busy = false;
      press.removeAttribute('aria-disabled');
      status.textContent = '';
    });
  };
  return { element: h('div', { class: 'act' }, press, status), onsubmit };
}
