// The public record of an election of the real services, as it is served: the files of its log, and its signed documents.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readOrigin } from '../../../src/domain/record/manifest.ts';
import type { Publication } from '../../../src/protocol/record/publication.ts';
import type { Elections } from '../services/elections.ts';
import { storedPublication } from '../services/voting-election.ts';
import { originOfManifest } from './manifests.ts';

/** `logs`: the folder of the public logs. */
export async function storedRecord(
  elections: Elections,
  id: string,
  logs: string,
): Promise<{
  readonly publication: Publication;
  readonly served: Map<string, Uint8Array>;
  readonly anchor: Buffer;
}> {
  const publication = (await storedPublication(elections, id))!;
  const { manifestHash } = readOrigin(originOfManifest(publication.manifest!))!;
  const folder = join(logs, id, Buffer.from(manifestHash).toString('base64url'));
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const served = new Map<string, Uint8Array>(paths.map((path) => [path, readFileSync(join(folder, path))]));
  for (const name of ['closing', 'results'] as const) {
    if (publication[name]) served.set(`${name}.json`, Buffer.from(JSON.stringify(publication[name])));
  }
  return { publication, served, anchor: Buffer.from(manifestHash) };
}
