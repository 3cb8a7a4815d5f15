// Which of several logs of one name count: of an election that was amended, and of the record of acts after a change of witnesses.
import { expect, test } from 'vitest';
import { headLogName } from '../../../../src/protocol/record/head-log.ts';
import { NotPublishable } from '../../../../src/services/herald/copy-tree.ts';
import { currentLogs } from '../../../../src/services/herald/current-logs.ts';
import type { DatedLog } from '../../../../src/services/herald/current-logs.ts';

const election = 'E3Zk8mZxQkWv0b1bqkq0Sg';
const logOf = (electionId: string, sinceMs: number, size: number, contradicted = false): DatedLog => ({
  electionId,
  sinceMs,
  state: {
    size,
    publishedSize: 0,
    cosigned: 0,
    quorum: 1,
    waitingSinceMs: 1,
    troubles: new Map(),
    contradicted,
  },
});

test('Of the record of acts only the newest log counts, also beside entries', () => {
  const earlier = logOf(headLogName, 1, 30);
  const later = logOf(headLogName, 2, 5);
  expect(currentLogs([later, earlier])).toEqual([later]);
  const empty = logOf(headLogName, 3, 0);
  expect(currentLogs([empty, later, earlier])).toEqual([empty]);
});

test('Of an election all logs with entries count, and of empty ones only the newest', () => {
  const first = logOf(election, 1, 30);
  const second = logOf(election, 2, 5);
  const empty = [logOf(election, 3, 0), logOf(election, 4, 0)];
  expect(currentLogs([first, ...empty, second])).toEqual([first, second]);
  expect(currentLogs(empty)).toEqual([empty[1]]);
});

test.each([election, headLogName])('A log of %s that is not published further always counts', (name) => {
  const refused: DatedLog = { electionId: name, sinceMs: 1, state: new NotPublishable('a file changed') };
  const contradicted = logOf(name, 2, 30, true);
  const newest = logOf(name, 3, 0);
  expect(currentLogs([refused, contradicted, newest])).toEqual([refused, contradicted, newest]);
});
