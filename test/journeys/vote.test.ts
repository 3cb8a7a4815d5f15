// Whole votes on the whole platform, step by step: real processes, real servers, and the public addresses only.
import { createHash, createPublicKey, randomUUID, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalText } from '../../src/platform/keys/signatures.ts';
import { ballot, definition } from '../support/elections.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Platform } from '../support/processes/processes.ts';
import { logHost } from '../support/record/manifests.ts';
import { until } from '../support/until.ts';
import { castTagOf } from '../support/voter/proofs.ts';
import { Voter } from '../support/voter/voter.ts';

const electionId = `journey-${randomUUID()}`;
let platform: Platform;
const voter = (same?: { identity?: string; phone?: string }) => new Voter(platform.origins, electionId, same);

beforeAll(async () => {
  platform = await startPlatform();
  await platform.load(definition({ id: electionId }));
});
afterAll(() => platform[Symbol.asyncDispose]());

type Receipt = Record<'electionId' | 'origin' | 'castTag' | 'content' | 'signature' | 'kid', string>;
const receiptOf = (answer: { body: Record<string, unknown> }): Receipt => answer.body['receipt'] as Receipt;

describe('A vote by texting in', () => {
  test('A vote by texting in goes from identity to receipt, and into the box without the voter', async () => {
    const ann = voter();
    expect((await ann.identify()).status).toBe(201);
    const waiting = ann.wait();
    expect(await ann.text()).toBeLessThan(300);
    expect((await waiting).body).toMatchObject({ state: 'verified' });
    const cast = await ann.cast(ballot('yes', 'green'));
    expect(cast.status).toBe(201);

    // Anybody can check the receipt with the published key.
    const receipt = receiptOf(cast);
    const key = platform.keys.public.receipts.find(({ kid }) => kid === receipt.kid)!;
    const signed = Buffer.concat([Buffer.from('popvote/receipt/v2\0'), sha(receipt.origin), headOf(receipt)]);
    expect(verify(null, signed, createPublicKey({ key, format: 'jwk' }), bytesOf(receipt.signature))).toBe(true);
    expect(receipt.castTag).toBe(castTagOf(ann.ballotKey));

    // The ballot reaches the box, and its tracker and text make the receipt's content (docs/receipts.md).
    const rows = async () =>
      platform.databases.query<{ tracker: Buffer; ballot: string }>(
        'box',
        'select tracker, ballot from pv.ballot where election_id = $1',
        [electionId],
      );
    await until(async () => (await rows()).length === 1, 'the ballot in the box');
    const [row] = await rows();
    expect(JSON.parse(row!.ballot)).toEqual(ballot('yes', 'green'));
    const { manifest } = (await voter().call('GET', `/v1/elections/${electionId}/manifest`)).body;
    const m = sha('popvote/manifest/v1\0', canonicalText(manifest));
    expect(receipt.origin).toBe(`${logHost}/log/${electionId}/${m.toString('base64url')}`);
    expect(receipt.content).toBe(
      sha('popvote/commitment/v2\0', m, row!.tracker, sha(row!.ballot)).toString('base64url'),
    );

    // Its entry is published in the log.
    const entry = Buffer.concat([headOf(receipt), bytesOf(receipt.signature)]);
    const bundle = `${platform.origins.api}/log/${electionId}/${m.toString('base64url')}/tile/entries/000.p/1`;
    await until(async () => (await fetch(bundle)).status === 200, 'the entry in the log');
    expect(Buffer.from(await (await fetch(bundle)).arrayBuffer())).toEqual(
      Buffer.concat([Buffer.from([0, 131]), entry]),
    );
    await until(async () => (await platform.counts(electionId)).outbox === 0, 'an empty outbox');
    expect(await platform.counts(electionId)).toEqual({ participation: 1, outbox: 0, box: 1 });
  });

  test('A second vote gets the same answer each time, and never says whether identity or phone voted', async () => {
    const ben = await voter().verify();
    const first = await ben.cast(ballot('no', 'red'));
    expect(first.status).toBe(201);
    expect((await ben.cast(ballot('no', 'red'))).text).toBe(first.text);

    const otherBallot = await ben.cast(ballot('yes', 'red'));
    const sameIdentity = await (await voter({ identity: ben.identity }).verify()).cast(ballot());
    const samePhone = await (await voter({ phone: ben.phone }).verify()).cast(ballot());
    const both = await (await voter({ identity: ben.identity, phone: ben.phone }).verify()).cast(ballot());
    for (const refused of [otherBallot, sameIdentity, samePhone, both]) {
      expect(refused.status).toBe(409);
      expect(refused.text).toBe(otherBallot.text);
      expect(refused.body).toMatchObject({ code: 'already-recorded' });
    }
  });

  test('A vote by texting in is verified at once whether the text comes before or during the wait', async () => {
    const early = voter();
    await early.identify();
    await early.text();
    expect((await early.wait(0)).body).toMatchObject({ state: 'verified' });
  });

  test('A code from another phone verifies no one, and the voter learns so', async () => {
    const cleo = voter();
    await cleo.identify();
    const waiting = cleo.wait();
    await cleo.text(cleo.code, voter().phone);
    expect((await waiting).body).toEqual({ state: 'wrong-sender' });
    await cleo.text();
    expect((await cleo.wait()).body).toMatchObject({ state: 'verified' });
  });
});

describe('A vote by a one-time code', () => {
  test('Wrong codes cost tries, the right one verifies, in the voter’s language', async () => {
    const dan = voter();
    const session = await dan.identify('code', 'zh-Hant-HK');
    expect(session.body).toMatchObject({ state: 'pending', verification: { method: 'code' } });
    const [text] = await dan.received();
    const code = /\d{8}/.exec(text ?? '')?.[0] ?? '';
    expect(code).toHaveLength(8);
    const wrong = await dan.enter(code === '00000000' ? '11111111' : '00000000');
    expect(wrong).toMatchObject({ status: 422, body: { code: 'wrong-code', triesLeft: 4 } });
    expect((await dan.enter(code)).body).toMatchObject({ state: 'verified' });
    expect((await dan.cast(ballot())).status).toBe(201);
  });

  test('A voter who texted in vain switches to a code', async () => {
    const eve = voter();
    await eve.identify();
    const switched = await eve.resend('code');
    expect(switched.body).toMatchObject({ verification: { method: 'code' } });
    const [text] = await eve.received();
    expect((await eve.enter(/\d{8}/.exec(text ?? '')?.[0] ?? '')).body).toMatchObject({ state: 'verified' });
    expect((await eve.cast(ballot())).status).toBe(201);
  });
});

describe('A rehearsal', () => {
  test('A rehearsal is shown as one, and its abstentions are ballots like others', async () => {
    const { body } = await voter().call('GET', '/v1/elections');
    const listed = (body['elections'] as { id: string }[]).find(({ id }) => id === electionId);
    expect(listed).toMatchObject({ rehearsal: true, phase: 'open' });
    const fay = await voter().verify();
    expect((await fay.cast(ballot(null, 'blue'))).status).toBe(201);
  });

  test('A ballot that breaks the rules of a contest names the contest, and may be corrected', async () => {
    const gus = await voter().verify();
    const refused = await gus.cast({ contests: [{ contestId: 'motion', choices: ['yes', 'no'] }] });
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid-ballot' } });
    const errors = refused.body['errors'] as { path: string }[];
    expect(errors.map(({ path }) => path).sort()).toEqual(['contests/council', 'contests/motion']);
    expect((await gus.cast(ballot())).status).toBe(201);
  });
});

// Written from docs/receipts.md alone, as an outsider would: see there.
const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');
const headOf = ({ castTag, content }: Receipt): Buffer =>
  Buffer.concat([Buffer.from([2, 0, 1]), bytesOf(castTag), bytesOf(content)]);

function sha(...parts: (Buffer | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
