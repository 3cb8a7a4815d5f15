// Copies to the clipboard, also where the page came over plain HTTP and browsers hide the modern way.
import { h } from './dom.ts';

export function copyText(text: string): void {
  const modern = (navigator as Partial<Navigator>).clipboard?.writeText(text);
  if (modern) modern.catch(() => copyBySelection(text));
  else copyBySelection(text);
}

function copyBySelection(text: string): void {
  const area = h('textarea', { class: 'unseen', 'aria-hidden': 'true' });
  area.value = text;
  document.body.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way there is without TLS
  document.execCommand('copy');
  area.remove();
}
