// Files that the browser saves on the reader's computer.

/** How long a browser has to save a file, in milliseconds. */
const fileMsMax = 60_000;

export function saveBlob(name: string, content: Blob): void {
  const href = URL.createObjectURL(content);
  Object.assign(document.createElement('a'), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), fileMsMax);
}

export const saveFile = (name: string, type: string, text: string): void => saveBlob(name, new Blob([text], { type }));

export const saveJson = (name: string, value: unknown): void =>
  saveFile(name, 'application/json', JSON.stringify(value));
