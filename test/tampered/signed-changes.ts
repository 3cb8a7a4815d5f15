// Random changes of one value in a signed document, which is signed again: what only the publisher can do. Most are no good
// documents, and all verifiers must say the same of each.
import { sha256 } from '../../src/platform/content-hash.ts';
import { manifestHashBytes } from '../../src/domain/record/manifest.ts';
import { canonicalText, signValue } from '../../src/platform/keys/signatures.ts';
import type { LogDraft } from '../support/record/log-draft.ts';
import type { LogFiles } from '../support/record/log-files.ts';
import { seededBytes } from '../support/record/log-keys.ts';
import type { GivenElection } from './elections.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
/** Where a value is: the object or array that has it, and its name there. */
type Place = { readonly holder: Json[] | { [name: string]: Json }; readonly name: string; readonly path: string };

const documents = ['results', 'closing', 'manifest'] as const;

function placesOf(value: Json, path: string): Place[] {
  if (value === null || typeof value !== 'object') return [];
  const holder = value;
  return Object.entries(holder).flatMap(([name, inner]) => {
    const inside = `${path}/${name}`;
    return [{ holder, name, path: inside }, ...placesOf(inner, inside)];
  });
}

const others: readonly Json[] = [null, true, false, 0, 1, 2, -1, 1.5, 2 ** 53 - 1, '', 'other', [], {}];

/** What may replace a value: some that are like it, and others. */
function replacements(value: Json): readonly Json[] {
  if (typeof value === 'number') return [value + 1, value - 1, value * 2, ...others];
  if (typeof value === 'string') return [`${value}x`, value.slice(1), value.toUpperCase(), ...others];
  if (Array.isArray(value)) return [[...value].reverse(), value.slice(1), [...value, value[0] ?? 1], ...others];
  if (value !== null && typeof value === 'object') return [{ ...value, further: 1 }, ...others];
  return others;
}

/** The election with one value of one document changed, by the number of the change, and what was changed. */
export function signedChange(
  draft: LogDraft,
  files: LogFiles,
  seed: string,
  n: number,
): { readonly what: string; readonly election: GivenElection } {
  const random = seededBytes(`${seed}|signed change ${n}`);
  const document = documents[random.readUInt8(0) % documents.length] ?? 'results';
  const served = JSON.parse(Buffer.from(files.get(`${document}.json`) ?? []).toString()) as Record<string, Json>;
  const body = served[document] ?? null;
  const places = placesOf(body, document);
  const { holder, name, path } = places[random.readUInt32BE(1) % places.length]!;
  const values = replacements((holder as Record<string, Json>)[name] ?? null);
  const choice = random.readUInt8(5) % (values.length + 1);
  const value = values[choice];
  if (value !== undefined) (holder as Record<string, Json>)[name] = value;
  else if (Array.isArray(holder)) holder.splice(Number(name), 1);
  else Reflect.deleteProperty(holder, name);
  const signature = signValue(draft.keys.publisher, body);
  const bytes = Buffer.from(JSON.stringify({ ...served, [document]: body, signature }));
  const anchor = document === 'manifest' ? sha256(manifestHashBytes(canonicalText(body))) : draft.names.manifestHash;
  return {
    what: `${path}: ${value === undefined ? 'removed' : JSON.stringify(value).slice(0, 80)}`,
    election: {
      electionId: draft.names.electionId,
      served: new Map([...files, [`${document}.json`, bytes]]),
      anchor,
    },
  };
}
