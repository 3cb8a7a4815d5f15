// The submit button of a form: never disabled, ignores a second press while the first is in progress, and shows that
// state beside it, as the action reports it.
import { h } from '../shared/dom.ts';
import type { VoterApp } from './app.ts';

export function submitter(app: VoterApp, label: string, action: (report: (text: string) => void) => Promise<void>) {
  const status = h('p', { class: 'muted' });
  const press = h('button', { type: 'submit', class: 'primary' }, label);
  let busy = false;
  const onsubmit = (event: Event): void => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    press.setAttribute('aria-disabled', 'true');
    const report = (text: string): void => {
      status.textContent = text;
    };
    report(app.t('sending'));
    void action(report).finally(() => {
      busy = false;
      press.removeAttribute('aria-disabled');
      report('');
    });
  };
  return { element: h('div', { class: 'act' }, press, status), onsubmit };
}
