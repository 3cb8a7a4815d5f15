// The arguments of the command.
import { parseArgs } from 'node:util';
import { keyLength } from './documents/public-key.ts';
import { readBase64url } from './documents/record-bytes.ts';
import type { GivenKeys } from './steps/judge-manifest.ts';

export const usageText = `popvote-verify <url> <electionId> [options]        verifies an election
popvote-verify watch <url> <electionId> --checkpoints <folder> [--every <seconds>]
                                                  keeps checkpoints and compares the page with its list of files

Options:
  --manifest <M>         hash of the manifest that the organiser announced: 64 hexadecimal digits, spaces do not matter
  --publisher <key>      key of the publisher that the organiser announced: 32 bytes in base64url
  --receipts <key>       key of the ballot server that was announced, which signs receipts
  --deposits <key>       key that was announced, which signs ballots on paper
  --log-key <key>        key of the log that was announced
  --checkpoints <folder> checkpoints that were kept before
  --receipt <file>       a receipt; may be given several times
  --openings <file>      openings of the online ballots, for auditors
  --from <folder>        reads the record from a folder instead of the site
  --copy <folder>        writes each file that is read into an empty folder, for --from
  --json                 prints the report as JSON

Exit codes: 0 verified, 1 a check failed, 2 wrong arguments, 3 right so far and not final, 4 not readable.
`;

/** Seconds between two looks of `watch`. */
const everySeconds = 60;
/** Fewest and most seconds between two looks. */
const everySecondsMin = 1;
const everySecondsMax = 86_400;

export type CommandArguments = {
  readonly url: URL;
  readonly electionId: string;
  readonly manifestHash: Buffer | null;
  readonly publisherKey: Buffer | null;
  readonly givenKeys: GivenKeys;
  readonly checkpoints: string | null;
  readonly receipts: readonly string[];
  readonly openings: string | null;
  readonly from: string | null;
  readonly copy: string | null;
};
export type Command =
  | (CommandArguments & { readonly command: 'verify'; readonly json: boolean })
  | (CommandArguments & { readonly command: 'watch'; readonly checkpoints: string; readonly everyMs: number })
  | { readonly command: 'help' }
  | { readonly command: 'wrong'; readonly detail: string };

const optionTypes = {
  manifest: { type: 'string' },
  publisher: { type: 'string' },
  receipts: { type: 'string' },
  deposits: { type: 'string' },
  'log-key': { type: 'string' },
  checkpoints: { type: 'string' },
  receipt: { type: 'string', multiple: true },
  openings: { type: 'string' },
  from: { type: 'string' },
  copy: { type: 'string' },
  json: { type: 'boolean' },
  every: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const keyOptions = ['publisher', 'receipts', 'deposits', 'log-key'] as const;

/** Reads the arguments after the name of the program. */
export function readArguments(args: readonly string[]): Command {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: optionTypes, allowPositionals: true });
  } catch (error) {
    return wrong(error instanceof Error ? error.message : 'unknown argument');
  }
  const { values, positionals } = parsed;
  if (values.help === true) return { command: 'help' };
  const watches = positionals[0] === 'watch';
  const [address = '', electionId = '', ...others] = watches ? positionals.slice(1) : positionals;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (others.length > 0) return wrong(`One argument too many: ${others.join(' ')}`);
  if (url === null || !/^https?:$/.test(url.protocol)) return wrong('Give the address of the site, with https://.');
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(electionId)) return wrong('Give the id of the election after the address.');
  const manifestHash = values.manifest === undefined ? null : readHash(values.manifest);
  const keys = keyOptions.map((name) => readKey(values[name]));
  const wrongKey = keyOptions.find((_name, n) => keys[n] === undefined);
  if (values.manifest !== undefined && manifestHash === null) return wrong('--manifest has 64 hexadecimal digits.');
  if (wrongKey !== undefined) return wrong(`--${wrongKey} is a key of 32 bytes in base64url.`);
  const [publisherKey = null, receipts = null, deposits = null, log = null] = keys;
  const options: CommandArguments = {
    url,
    electionId,
    manifestHash,
    publisherKey,
    givenKeys: { receipts, deposits, log },
    checkpoints: values.checkpoints ?? null,
    receipts: values.receipt ?? [],
    openings: values.openings ?? null,
    from: values.from ?? null,
    copy: values.copy ?? null,
  };
  if (watches) return readWatch(options, values);
  if (values.every !== undefined) return wrong('--every belongs to watch.');
  return { ...options, command: 'verify', json: values.json === true };
}

function readWatch(
  options: CommandArguments,
  { every = String(everySeconds), json }: { readonly every?: string | undefined; readonly json?: boolean | undefined },
): Command {
  const seconds = Number(every);
  if (options.checkpoints === null) return wrong('watch needs --checkpoints and a folder.');
  if (json === true || options.openings !== null || options.copy !== null || options.receipts.length > 0) {
    return wrong('watch has no --json, --openings, --copy and --receipt.');
  }
  if (!/^\d{1,6}$/.test(every) || seconds < everySecondsMin || seconds > everySecondsMax) {
    return wrong(`--every is a number of seconds from ${everySecondsMin} to ${everySecondsMax}.`);
  }
  return { ...options, command: 'watch', checkpoints: options.checkpoints, everyMs: seconds * 1000 };
}

/** A key in base64url; null where none is given, and undefined where it is no key. */
function readKey(text: string | undefined): Buffer | null | undefined {
  if (text === undefined) return null;
  const key = readBase64url(text);
  return key?.length === keyLength ? key : undefined;
}

const wrong = (detail: string): Command => ({ command: 'wrong', detail });

/** 64 hexadecimal digits, in groups or not, or 32 bytes in base64url as in the origin. */
function readHash(text: string): Buffer | null {
  const digits = text.replace(/[\s\u0085:-]/g, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return Buffer.from(digits, 'hex');
  const bytes = readBase64url(text);
  return bytes?.length === 32 ? bytes : null;
}
