// bench many-elections: a thousand elections announced one after another over the control API of the whole platform. Then
// the next one must become public within seconds, be voted in, counted and published, the first must still be served, and
// the memory of `api` must not grow with the elections that have ended.
// Run: npx tsx bench/many-elections.ts [--quick] [--json] [--size elections]
import { setTimeout as pause } from 'node:timers/promises';
import { newAdministrator } from '../test/support/control.ts';
import {
  announceElection,
  archivedIds,
  finishElection,
  memoryOfApi,
  servedStatuses,
  untilListed,
  untilPublic,
  voteIn,
} from '../test/support/many-elections.ts';
import type { ManyElections } from '../test/support/many-elections.ts';
import { startPlatform } from './harness/platform.ts';
import { checkReceipts } from './harness/receipt-check.ts';
import { runBench } from './harness/run.ts';

/** Elections before the last one. */
const electionsFull = 1_000;
const electionsQuick = 250;
/** How long each is open, in milliseconds: dozens are open at once. */
const openMs = 10_000;
/** Elections after which memory is measured first: more than stay in Redis after their end. */
const settledElections = 150;
/** Time in which an election becomes public, in milliseconds. */
const publicMsMax = 5_000;
/** Growth of the heap of `api` from the first measurement to the last, in MiB. */
const growthMebibytesMax = 8;
/** Elections after which the administrator logs in again. */
const sessionElections = 200;

await runBench('many-elections', 'a thousand elections, one after another', async (bench) => {
  const { findings, say } = bench;
  const elections = bench.size ?? (bench.quick ? electionsQuick : electionsFull);
  const platform = await startPlatform(bench, { PANEL_PORT: '0', PANEL_PRIVATE_PORT: '0' });
  const administrator = await newAdministrator(platform.control, platform.databaseUrl('access'));
  const originOf = ({ host, port }: { host: string; port: number }): string => `http://${host}:${port}`;
  const parts: ManyElections = {
    origins: { api: originOf(platform.api), sms: originOf(platform.sms) },
    administrator,
    apiMetrics: originOf(platform.apiPrivate),
  };

  const first = await announceElection(parts, 60_000);
  await untilPublic(parts, first);
  const receipt = await voteIn(parts, first);
  await finishElection(parts, first);

  const ids: string[] = [];
  const publicMs: number[] = [];
  let settled = { heap: 0, resident: 0 };
  for (let n = 0; n < elections; n += 1) {
    if (n % sessionElections === 0) await administrator.logIn();
    const id = await announceElection(parts, openMs);
    ids.push(id);
    publicMs.push((await untilPublic(parts, id)) + (n % 100 === 0 ? await untilListed(parts, id) : 0));
    if (n === settledElections) {
      await pause(openMs);
      settled = await memoryOfApi(parts);
      say(`${n} elections: ${settled.heap.toFixed(1)} MiB of heap`);
    }
    if (n % 100 === 0) say(`${n} elections`);
  }

  await administrator.logIn();
  const last = await announceElection(parts, 60_000);
  const lastMs = (await untilPublic(parts, last)) + (await untilListed(parts, last));
  const lastReceipt = await voteIn(parts, last);
  await finishElection(parts, last);
  await pause(openMs);
  const grown = await memoryOfApi(parts);
  const served = await servedStatuses(parts, first);
  const archived = new Set(await archivedIds(parts));
  const { verified } = checkReceipts([receipt, lastReceipt], platform.keys('public'));

  findings.figure('elections', elections + 2, '');
  findings.figure('public, the slowest', Math.max(...publicMs) / 1_000, 's');
  findings.figure('public, the last', lastMs / 1_000, 's');
  findings.figure(`heap of api after ${settledElections}`, settled.heap, 'MiB');
  findings.figure('heap of api at the end', grown.heap, 'MiB');
  findings.figure(`resident memory of api after ${settledElections}`, settled.resident, 'MiB');
  findings.figure('resident memory of api at the end', grown.resident, 'MiB');
  const slow = publicMs.filter((ms) => ms > publicMsMax).length;
  findings.check('every election is public in time', slow === 0 && lastMs <= publicMsMax, `${slow} were late`);
  const growth = grown.heap - settled.heap;
  findings.check('memory of api is flat', growth <= growthMebibytesMax, `it grew by ${growth.toFixed(1)} MiB`);
  const missing = Object.entries(served).filter(([, status]) => status !== 200);
  findings.check('the first election is served', missing.length === 0, `${missing.length} addresses are missing`);
  const absent = [first, ...ids, last].filter((id) => !archived.has(id)).length;
  findings.check('the archive has every election', absent === 0, `${absent} are missing`);
  findings.check('both receipts verify', verified === 2, `${verified} of 2`);
});
