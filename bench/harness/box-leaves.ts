// What a receipt promises, read in the box itself.
import { createHash } from 'node:crypto';
import pg from 'pg';
import { leafHash } from '../../src/domain/record/tree.ts';
import { sha256 } from '../../src/platform/content-hash.ts';

/** The leaf of every ballot of an election in the box, by docs/receipts.md. */
export async function leavesInBox(databaseUrl: string, electionId: string): Promise<Set<string>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ tracker: Buffer; ballot: string }>(
    'select tracker, ballot from pv.ballot where election_id = $1',
    [electionId],
  );
  const { rows: logged } = await client.query<{ entry: Buffer }>(
    `select s.entry from pv.signed_entry s join pv.log l using (election_no) where l.election_id = $1`,
    [electionId],
  );
  await client.end();
  if (logged.length > 0)
    return new Set(logged.map(({ entry }) => Buffer.from(leafHash(sha256, entry)).toString('base64url')));
  const name = Buffer.from(electionId);
  return new Set(
    rows.map(({ tracker, ballot }) =>
      createHash('sha256')
        .update(Buffer.concat([Buffer.from([0, 1, name.length]), name, tracker]))
        .update(createHash('sha256').update(ballot).digest())
        .digest('base64url'),
    ),
  );
}
