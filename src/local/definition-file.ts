// The election file of an operator: parsed into a definition, or every fault in it with its place.
import { readFileBytes, whyUnreadable } from '../platform/files.ts';
import { readJson } from '../platform/json.ts';
import { electionDefinition } from '../protocol/public-document.ts';
import type { ElectionDefinition } from '../protocol/public-document.ts';

/** Largest file, in bytes. */
const fileBytesMax = 4 * 1_024 * 1_024;

export type DefinitionRead =
  | { readonly ok: true; readonly definition: ElectionDefinition }
  | { readonly ok: false; readonly faults: readonly string[] };

export function readDefinitionFile(path: string): DefinitionRead {
  try {
    const read = readJson(readFileBytes(path, fileBytesMax));
    if (read.ok) return readDefinition(read.value);
    return { ok: false, faults: [read.syntax === undefined ? read.fault : `is not JSON: ${read.syntax}`] };
  } catch (error) {
    return { ok: false, faults: [`cannot be read (${whyUnreadable(error)}).`] };
  }
}

export function readDefinition(value: unknown): DefinitionRead {
  const parsed = electionDefinition.safeParse(value);
  if (parsed.success) return { ok: true, definition: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.map(({ path, message }) => `${placeOf(path)}: ${message}`),
  };
}

// In the notation of a program: contests[0].options[2].title
function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return place.replace(/^\./, '') || 'the file';
}
