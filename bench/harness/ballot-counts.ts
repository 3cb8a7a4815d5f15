// What the databases of a platform hold, read as the superuser: for the checks afterwards, while nothing is measured.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** The databases are read this often, in milliseconds, until so many readings in a row are the same. */
const pollMs = 100;
const samePolls = 3;
const pollsMax = 100;

export type Counts = { readonly participation: number; readonly outbox: number; readonly box: number };
type DatabaseUrl = (database: 'intake' | 'box') => string;

async function firstRow(url: string, text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, [...values])).rows[0] ?? {};
  } finally {
    await client.end();
  }
}

export async function countBallots(urlOf: DatabaseUrl, electionId: string): Promise<Counts> {
  const intake = await firstRow(
    urlOf('intake'),
    `select (select count(*) from pv.participation where election_id = $1) as participation,
       (select count(*) from pv.outbox where election_id = $1) as outbox`,
    [electionId],
  );
  const box = await firstRow(urlOf('box'), 'select count(*) as box from pv.ballot where election_id = $1', [
    electionId,
  ]);
  return {
    participation: Number(intake['participation']),
    outbox: Number(intake['outbox']),
    box: Number(box['box']),
  };
}

/** The counts once no ballot is under way any more, or the last ones when that takes too long. */
export async function restingCounts(count: () => Promise<Counts>): Promise<Counts> {
  let counts = await count();
  for (let same = 0, polls = 0; same < samePolls && polls < pollsMax; polls += 1) {
    await pause(pollMs);
    const now = await count();
    same = now.participation === counts.participation && now.participation === now.outbox + now.box ? same + 1 : 0;
    counts = now;
  }
  return counts;
}

export async function postgresVersion(url: string): Promise<string> {
  const text = `select split_part(version(), ' ', 2) as version, current_setting('fsync') as fsync`;
  const { version, fsync } = await firstRow(url, text);
  return `PostgreSQL ${String(version)}, fsync ${String(fsync)}`;
}
