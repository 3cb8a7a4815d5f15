// A whole election as README.md has it, through the published ports: a vote by phone, a second ballot that is refused, paper
// ballots by the officials, the count, the drawing of lots, signed results.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { valueIsSigned, verificationKeys } from '../../src/platform/keys/signatures.ts';
import { publicKeys } from '../../src/protocol/key-files.ts';
import { resultsDocument } from '../../src/protocol/public-document.ts';
import { readmeElection, readmeSeats } from '../../test/support/deploy/readme-lines.ts';
import { CheckFailed, docker, ensure, runProgram } from './docker.ts';
import type { Loss } from './lost-disk.ts';

/** Longest run of the lines of README.md, in milliseconds. */
const readmeMsMax = 240_000;
const administrator = 'checks@popvote.example';

/** How the platform is operated, with Compose or with Swarm. */
export type Operated = {
  readonly folder: string;
  /** The container of the edge. */
  edge(): Promise<string>;
  /** Prints an example election, and loads one. */
  example(): Promise<string>;
  load(definition: string): Promise<void>;
  /** The password for the first login. */
  newAdministrator(email: string): Promise<string>;
  secret(name: string): string;
};

/** The loss happens around the first vote. */
export async function checkElection(platform: Operated, loss?: Loss): Promise<string> {
  const { folder } = platform;
  const authority = join(folder, 'authority.crt');
  await docker('cp', `${await platform.edge()}:/var/lib/edge/caddy/pki/authorities/local/root.crt`, authority);
  await platform.load(await platform.example());
  const password = (await platform.newAdministrator(administrator)).trim();
  const { vote, election } = readmeElection();
  const here = (lines: string): string =>
    lines
      .replaceAll('http://127.0.0.1:8080', 'https://vote.localhost')
      .replaceAll('http://127.0.0.1:8085', 'https://sms.localhost')
      .replaceAll('http://127.0.0.1:8090', 'https://panel.localhost:8444')
      .replaceAll('administrator@popvote.example', administrator)
      .replaceAll('the one-time password', password);
  const shell = async (lines: string): Promise<string> => {
    const options = { cwd: folder, msMax: readmeMsMax, environment: { CURL_CA_BUNDLE: authority } };
    const { out, err } = await runProgram('bash', ['-uo', 'pipefail', '-c', here(lines)], options);
    return `${out}\n${err}`;
  };
  await untilListed(shell);
  await loss?.before();
  const voted = await shell(vote);
  const receipts = voted.match(/\{"receipt":.*\}/g) ?? [];
  ensure(receipts.length === 2 && receipts[0] === receipts[1], `no two equal receipts: ${voted}`);
  ensure(voted.includes('already-recorded'), `a second ballot is not refused: ${voted}`);
  const afterLoss = loss ? `; ${await loss.after()}` : '';
  const counted = await shell(`${election}\ncat results.json`);
  ensure(readmeSeats.test(counted), `not the seats of README.md: ${counted.slice(-4_000)}`);
  const text = counted.slice(counted.lastIndexOf('{"results"')).split('\n')[0] ?? '';
  const document = resultsDocument.parse(JSON.parse(text));
  const keys = verificationKeys(publicKeys.parse(JSON.parse(platform.secret('public.json'))).publishers);
  ensure(valueIsSigned(keys, document.results, document.signature), 'the results are not signed by the publisher');
  return `a receipt, a second ballot refused, 500 ballots counted, results signed${afterLoss}`;
}

/** The public API shows a loaded election within seconds. */
async function untilListed(shell: (lines: string) => Promise<string>): Promise<void> {
  let listed = '';
  for (let tries = 0; tries < 60; tries += 1) {
    listed = await shell('curl -sS http://127.0.0.1:8080/v1/elections');
    if (listed.includes('"id":"rehearsal-')) return;
    await pause(500);
  }
  throw new CheckFailed(`the loaded election is not listed: ${listed}`);
}
