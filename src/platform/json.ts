// Reading JSON that may be damaged or hostile. The parser's errors quote the text, which may hold values that must not
// be logged, so no error is thrown here. What a person or another program wrote is read strictly: a text that two readers
// may read in two ways is refused (RFC 8259, sections 4 and 8.1).
import { isUtf8 } from 'node:buffer';

/** The value of a JSON text, or undefined if the text is not JSON. The caller checks the value with a schema. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export type JsonRead =
  | { readonly ok: true; readonly value: unknown }
  /** `syntax`: where the text is no JSON, what the parser says. It quotes the text. */
  | { readonly ok: false; readonly fault: string; readonly syntax?: string };

/** The value of JSON that a person wrote, or what is wrong with it. The text is not quoted: it may contain a secret. */
export function readJson(bytes: Uint8Array): JsonRead {
  if (!isUtf8(bytes)) return { ok: false, fault: 'is not encoded in UTF-8.' };
  const text = new TextDecoder().decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, fault: 'is not JSON.', syntax: (error as SyntaxError).message };
  }
  return repeatsMember(text, value)
    ? { ok: false, fault: 'names a member of an object twice, so it can be read in two ways.' }
    : { ok: true, value };
}

/** Whether an object of this JSON text names a member twice. `parsed` is the value of the text. */
export const repeatsMember = (text: string, parsed: unknown): boolean => membersIn(text) !== membersOf(parsed);

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/** How many members the objects of a JSON text have as written: its colons outside of texts. */
function membersIn(text: string): number {
  let members = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === quote) isInText = !isInText;
    else if (isInText) at += unit === backslash ? 1 : 0;
    else if (unit === colon) members += 1;
  }
  return members;
}

/** How many members the objects of a parsed value have. A name that was written twice is there once. */
function membersOf(parsed: unknown): number {
  let members = 0;
  // Not recursive: a body may be nested as deep as its size allows.
  const open = [parsed];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    const inside: readonly unknown[] = Object.values(value);
    if (!Array.isArray(value)) members += inside.length;
    for (const one of inside) if (typeof one === 'object' && one !== null) open.push(one);
  }
  return members;
}
