// Strict JSON: RFC 8259 in UTF-8, no member twice, no lone surrogate (RFC 7493), every number in its RFC 8785 form, and
// a bounded depth. And the RFC 8785 form, over which documents are hashed and signed.
import { readUtf8 } from './record-bytes.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonMembers;
export type JsonMembers = { readonly [name: string]: Json };

/** Most arrays and objects inside each other. */
const depthMax = 32;

class NotStrict extends Error {}

// Its objects have no inherited names, and take less time and memory than those of Object.create(null).
const Members = function () {} as unknown as new () => Record<string, Json>;
Members.prototype = Object.create(null) as object;

/** The value of a document; undefined if it is not strict JSON. */
export function parseStrictJson(bytes: Uint8Array): Json | undefined {
  const text = readUtf8(bytes);
  if (text === null) return undefined;
  try {
    return createReader(text)();
  } catch (error) {
    if (error instanceof NotStrict) return undefined;
    throw error;
  }
}

/** Space, tab, line feed and carriage return. */
const isBlank = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
// A part of a string. The engine keeps a place for each repetition, so the parts of a long string are matched one by one.
const stringPart = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})){1,1024}/y;
const otherToken = /-?[0-9][0-9.eE+-]*|true|false|null/y;
const loneSurrogate = /\p{Surrogate}/u;

/** A function that reads the whole text as one value. */
function createReader(text: string): () => Json {
  let place = 0;
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = place;
    const [token = ''] = pattern.exec(text) ?? [];
    place += token.length;
    return token;
  };
  const skipBlanks = (): void => {
    while (isBlank(text.charCodeAt(place))) place += 1;
  };
  const take = (character: string): boolean => {
    skipBlanks();
    if (text[place] !== character) return false;
    place += 1;
    return true;
  };
  const expect = (character: string): void => {
    if (!take(character)) throw new NotStrict();
  };
  const string = (): string => {
    const start = place;
    if (text[place] !== '"') throw new NotStrict();
    place += 1;
    while (match(stringPart) !== '');
    if (text[place] !== '"') throw new NotStrict();
    place += 1;
    const value = JSON.parse(text.slice(start, place)) as string;
    if (loneSurrogate.test(value)) throw new NotStrict();
    return value;
  };
  const list = (depth: number): Json[] => {
    const items: Json[] = [];
    if (take(']')) return items;
    do items.push(value(depth));
    while (take(','));
    expect(']');
    return items;
  };
  const members = (depth: number): JsonMembers => {
    const object: Record<string, Json> = new Members();
    if (take('}')) return object;
    do {
      skipBlanks();
      const name = string();
      if (name in object) throw new NotStrict();
      expect(':');
      object[name] = value(depth);
    } while (take(','));
    expect('}');
    return object;
  };
  const value = (depth: number): Json => {
    const isObject = take('{');
    if (isObject || take('[')) {
      if (depth === depthMax) throw new NotStrict();
      return isObject ? members(depth + 1) : list(depth + 1);
    }
    return text[place] === '"' ? string() : literal(match(otherToken));
  };
  return () => {
    const whole = value(0);
    skipBlanks();
    if (place !== text.length) throw new NotStrict();
    return whole;
  };
}

function literal(token: string): Json {
  if (token === 'null') return null;
  if (token === 'true' || token === 'false') return token === 'true';
  const number = Number(token);
  const exact = !Number.isInteger(number) || Number.isSafeInteger(number);
  if (token === '' || String(number) !== token || !exact) throw new NotStrict();
  return number;
}

/** The RFC 8785 form of a value. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] ?? null)}`).join(',')}}`;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
