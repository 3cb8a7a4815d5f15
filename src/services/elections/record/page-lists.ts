// Signs the list of the files of the voters' page with every key that an election may name, and publishes it in the edge
// Redis, for `api`. A list with other files has a higher revision. Several processes may run it: all sign what the database
// has.
import { existsSync, readFileSync } from 'node:fs';
import { parseJson } from '../../../platform/json.ts';
import { builtPages } from '../../../platform/project-folder.ts';
import { signValue, valueIsSigned } from '../../../platform/keys/signatures.ts';
import type { SigningKey, VerificationKeys } from '../../../platform/keys/signatures.ts';
import type { Redis } from '../../../platform/redis.ts';
import {
  pageFiles,
  pageLists,
  pageListsCharactersMax,
  pageListsField,
  pageListsKey,
} from '../../../protocol/record/page-list.ts';
import type { ClientDocument, PageFiles } from '../../../protocol/record/page-list.ts';
import type { Pool } from '../../../store/database.ts';
import { addPageFiles, newestPageFiles } from '../../../store/elections/page-files.ts';

/** The files of the page in this build, or null if there is no build. Throws if the list is invalid. */
export function readPageFiles(folder: URL = builtPages): PageFiles | null {
  const file = new URL('page-files.json', folder);
  return existsSync(file) ? pageFiles.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
}

export type PageLists = {
  /** Adds the files of this process's build once, and writes the signed lists to Redis where it has others. */
  publish(): Promise<void>;
};

export function createPageLists(parts: {
  readonly pool: Pool;
  readonly edgeRedis: Redis;
  /** The publisher's keys: that of new elections, and earlier ones that manifests still name. */
  readonly signers: readonly SigningKey[];
  readonly publishers: VerificationKeys;
  readonly files: PageFiles | null;
}): PageLists {
  const { pool, edgeRedis, signers, publishers, files } = parts;
  let added = files === null;
  const read = async (): Promise<{ readonly text: string | null; readonly revision: number }> => {
    const text = await edgeRedis.hget(pageListsKey, pageListsField);
    if (text === null || text.length > pageListsCharactersMax) return { text, revision: 0 };
    const lists = pageLists.safeParse(parseJson(text)).data?.lists ?? [];
    const signed = lists.filter(({ client, signature }) => valueIsSigned(publishers, client, signature));
    return { text, revision: Math.max(0, ...signed.map(({ client }) => client.revision)) };
  };
  return {
    async publish() {
      const { text, revision } = await read();
      // Above what was published: a restored database has fewer revisions.
      if (files !== null && !added) added = await addPageFiles(pool, files, revision);
      const newest = await newestPageFiles(pool);
      if (!newest) return;
      const client = { version: 1, revision: newest.revision, files: pageFiles.parse(newest.files) } as const;
      const lists = signers.map((signer): ClientDocument => ({ client, signature: signValue(signer, client) }));
      const own = JSON.stringify({ lists });
      if (own !== text) await edgeRedis.hset(pageListsKey, pageListsField, own);
    },
  };
}
