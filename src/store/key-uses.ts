// Which keys elections need, for `popvote doctor` and `popvote keys destroy`.
import type { ElectionState } from './elections/elections.ts';

/** How long after the end of the longest token a vote is repeated, in seconds. */
export const replaySeconds = 900;

/** A key that elections name. */
export type KeyUse = {
  readonly ring: 'identity' | 'phone';
  readonly kid: string;
  /** Elections that still need it. */
  readonly needing: number;
  /** Of the election that needs it longest; where none does, of one that named it. */
  readonly electionId: string;
  readonly state: ElectionState;
  readonly untilMs: number;
};

type Queryable = { query(text: string, values: unknown[]): Promise<{ rows: unknown[] }> };

export async function readKeyUses(database: Queryable): Promise<readonly KeyUse[]> {
  const { rows } = await database.query(
    `select ring, kid, needing, election_id as "electionId", state, until_ms as "untilMs" from pv.key_uses($1)`,
    [replaySeconds],
  );
  return rows as KeyUse[];
}
