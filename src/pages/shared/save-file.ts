// A value as a JSON file that the browser saves.
import { h } from './dom.ts';

/** How long a browser has to save a file, in milliseconds. */
const fileMsMax = 60_000;

export function saveFile(name: string, value: unknown): void {
  const address = URL.createObjectURL(new Blob([JSON.stringify(value)], { type: 'application/json' }));
  h('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), fileMsMax);
}
