// What a receipt promises, read in the box itself.
import { createHash } from 'node:crypto';
import pg from 'pg';

/** The leaf of every ballot of an election in the box, by docs/receipts.md. */
export async function leavesInBox(databaseUrl: string, electionId: string): Promise<Set<string>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ tracker: Buffer; ballot: string }>(
    'select tracker, ballot from pv.ballot where election_id = $1',
    [electionId],
  );
  await client.end();
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
