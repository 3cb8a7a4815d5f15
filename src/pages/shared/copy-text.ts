// Copies to the clipboard, also on a page over plain HTTP, where browsers do not offer the Clipboard API.
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
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way without TLS
  document.execCommand('copy');
  area.remove();
}
