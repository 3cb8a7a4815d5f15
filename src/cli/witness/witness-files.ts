// The files of a witness: its key with the logs that it serves, and its state. The state is one file: of each log the last
// checkpoint that was cosigned, and the requests that were refused because they contradicted it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readTextFile } from '../../platform/files.ts';
import { parseJson } from '../../platform/json.ts';
import { newSigningJwk } from '../../platform/keys/new-keys.ts';
import { replaceDurably } from '../../platform/durable-folder.ts';
import { linkNewFile } from '../../platform/keys/key-directory.ts';
import { makeFolder } from '../../platform/files.ts';
import { CommandFailed, exitCodes } from '../context.ts';

/** Most logs of which the last checkpoint is known. A further one is refused. */
export const knownLogsMax = 10_000;
/** Most refused requests that are stored; later ones are only written to the log of the process. */
export const evidenceMax = 100;
/** Largest file that is read, in bytes. */
const stateBytesMax = 64 * 1_024 * 1_024;

const bytes32 = z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/);
const witnessName = z.string().regex(/^[!-*,-~]{1,255}$/, 'is not a name without spaces and plus signs.');
const originPrefix = z
  .string()
  .max(400)
  .regex(/^[!-~]+\/$/, 'is not the beginning of an origin that ends in a slash, such as vote.example.org/log/.');

const settings = z.strictObject({
  name: witnessName,
  key: z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: bytes32, d: bytes32, kid: z.string() }),
  logs: z.array(z.strictObject({ prefix: originPrefix, key: bytes32 })).max(1_000),
});
export type WitnessSettings = z.infer<typeof settings>;

const note = z.string().max(65_536);
const state = z.strictObject({
  version: z.literal(1),
  logs: z.record(z.string().max(400), z.strictObject({ size: z.int().min(0), root: z.base64(), note })),
  evidence: z.array(z.strictObject({ at: z.iso.datetime(), cosigned: note, refused: note })).max(evidenceMax),
});
export type WitnessState = z.infer<typeof state>;

const settingsPath = (directory: string): string => join(directory, 'witness.json');
const statePath = (directory: string): string => join(directory, 'state.json');

/** Makes the files of a new witness. Existing ones are never replaced. */
export function makeWitness(directory: string, name: string): WitnessSettings {
  const parsed = witnessName.safeParse(name);
  if (!parsed.success)
    throw new CommandFailed('--name has no spaces and no plus signs, such as w1.example.net/popvote.', exitCodes.usage);
  const settingsOfNew: WitnessSettings = { name: parsed.data, key: newSigningJwk('witness'), logs: [] };
  makeFolder(directory);
  const empty: WitnessState = { version: 1, logs: {}, evidence: [] };
  // The state first: what has a key is complete. Without a key nothing was cosigned, so a state that is there is empty.
  const path = settingsPath(directory);
  if (!existsSync(path)) {
    linkNewFile(statePath(directory), `${JSON.stringify(empty)}\n`, 0o600);
    if (linkNewFile(path, `${JSON.stringify(settingsOfNew, null, 2)}\n`, 0o600)) return settingsOfNew;
  }
  throw new CommandFailed(`${path} exists already: a witness is never replaced.`);
}

export const readWitness = (directory: string): WitnessSettings => readAs(settingsPath(directory), settings);

/**
 * The state. A witness without one does not start: with an empty one it would cosign a second tree of a log that it has
 * cosigned before.
 */
export const readWitnessState = (directory: string): WitnessState => readAs(statePath(directory), state);

/** Resolves when the state is durable. */
export const writeWitnessState = (directory: string, next: WitnessState): Promise<void> =>
  replaceDurably(statePath(directory), Buffer.from(`${JSON.stringify(next)}\n`), 0o600);

/** Adds a log, or all logs of a host, to those that the witness serves. */
export async function trustLog(
  directory: string,
  log: { readonly prefix: string; readonly key: string },
): Promise<void> {
  const before = readWitness(directory);
  const logs = [...before.logs.filter(({ prefix, key }) => prefix !== log.prefix || key !== log.key), log];
  const next = settings.safeParse({ ...before, logs });
  if (!next.success)
    throw new CommandFailed(
      '--prefix ends in a slash, such as vote.example.org/log/, and --key is 32 bytes in base64url.',
      exitCodes.usage,
    );
  await replaceDurably(settingsPath(directory), Buffer.from(`${JSON.stringify(next.data, null, 2)}\n`), 0o600);
}

function readAs<Value>(path: string, schema: z.ZodType<Value>): Value {
  let text: string;
  try {
    text = readTextFile(path, stateBytesMax);
  } catch {
    throw new CommandFailed(`${path} cannot be read. Make a witness with: popvote witness new --directory <folder>`);
  }
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new CommandFailed(`${path} is damaged. Restore it: a witness must not forget what it cosigned.`);
  return parsed.data;
}
