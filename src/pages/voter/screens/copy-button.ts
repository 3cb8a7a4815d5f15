// A button that copies, and says so once it did.
import { copyText } from '../../shared/copy-text.ts';
import { button } from '../../shared/dom.ts';
import type { VoterApp } from '../app.ts';

export function copyButton(app: VoterApp, label: 'copy' | 'copyCode', text: string): HTMLElement {
  const element = button(app.t(label), () => {
    copyText(text);
    element.textContent = app.t('copied');
    app.announce(app.t('copied'));
  });
  return element;
}
