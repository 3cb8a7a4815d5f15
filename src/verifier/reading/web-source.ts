// A record on a site. A request that fails is repeated; a site that does not answer makes the record unreadable.
import { setTimeout as pause } from 'node:timers/promises';
import { UnreadableRecord } from './record-source.ts';
import type { RecordSource } from './record-source.ts';

/** Longest wait for one file, in milliseconds. */
const fileMsMax = 30_000;
/** How often a file is asked for. */
const triesMax = 4;
/** Pause before a file is asked for again, in milliseconds. */
const againMs = 200;

/** The record of an election on a site. The manifest has a name without its own hash, because it is read first. */
export function createWebSource(site: URL, electionId: string): RecordSource {
  const base = `${site.origin}${site.pathname.replace(/\/+$/, '')}/log/${electionId}`;
  return {
    name: base,
    readManifest: (bytesMax) => readAddress(`${base}/manifest.json`, bytesMax),
    read: (manifestHash, path, bytesMax) => readAddress(`${base}/${manifestHash}/${path}`, bytesMax),
  };
}

/** What an address serves, up to one byte after its bound; null if it serves nothing. */
export async function readAddress(address: string, bytesMax: number): Promise<Buffer | null> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await askFor(address, bytesMax);
    if (answer.known) return answer.bytes;
    if (attempt === triesMax) throw new UnreadableRecord(`${address} cannot be read: ${answer.why}`);
    await pause(againMs * attempt);
  }
}

type Answer = { readonly known: true; readonly bytes: Buffer | null } | { readonly known: false; readonly why: string };

async function askFor(address: string, bytesMax: number): Promise<Answer> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(fileMsMax) });
    if (response.status === 200) return { known: true, bytes: await readBody(response, bytesMax) };
    await response.body?.cancel();
    if (response.status === 404 || response.status === 410) return { known: true, bytes: null };
    return { known: false, why: `status ${response.status}` };
  } catch (error) {
    return { known: false, why: error instanceof Error ? error.message : 'no answer' };
  }
}

async function readBody({ body }: Response, bytesMax: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the body.
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    parts.push(part);
    length += part.length;
    if (length > bytesMax) break;
  }
  return Buffer.concat(parts).subarray(0, bytesMax + 1);
}
