// bench token: what our sealed tokens cost beside jose used directly with an imported key, in processor time per
// operation, and that what we seal is plain JWE to any other library. Run: npx tsx bench/token.ts [--quick] [--json]
import { hkdfSync, randomBytes, webcrypto } from 'node:crypto';
import { EncryptJWT, decodeProtectedHeader, jwtDecrypt } from 'jose';
import { systemClock } from '../src/platform/clock.ts';
import { newRing } from '../src/platform/keys/new-keys.ts';
import { createSealedTokens } from '../src/platform/keys/sealed-tokens.ts';
import { attestedTime } from '../src/protocol/proofs/attestation.ts';
import { tokenKinds, verifiedClaims } from '../src/protocol/tokens.ts';
import type { VerifiedClaims } from '../src/protocol/tokens.ts';
import { figureOf, interleave, ratioOf } from './harness/blocks.ts';
import type { Arm } from './harness/blocks.ts';
import { runBench } from './harness/run.ts';

/** Operations under way at once, as in a server with that many requests at once. */
const atOnce = 32;
const minutesMs = 15 * 60_000;
const kind = tokenKinds.verified;

const secret = (): string => randomBytes(32).toString('base64url');
const claims: VerifiedClaims = {
  sid: randomBytes(16).toString('base64url'),
  electionId: 'rehearsal',
  identity: secret(),
  phoneKey: secret(),
  attestation: { method: 'text-in', binding: secret(), verifiedAtMs: attestedTime(Date.now()), mac: secret() },
};

/** Microseconds of processor time per operation, threads included, over `count` operations. */
async function cpuPerOperation(count: number, operation: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  let remaining = count;
  const worker = async (): Promise<void> => {
    while (remaining > 0) {
      remaining -= 1;
      await operation();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

await runBench('token', 'our sealed tokens against jose with an imported key', async ({ quick, findings, say }) => {
  const ring = newRing();
  const tokens = createSealedTokens({ ring, kind, claims: verifiedClaims, secondsMax: 900, clock: systemClock });
  const ours = await tokens.seal(claims, Date.now() + minutesMs);
  const { kid } = decodeProtectedHeader(ours);
  // The same derivation as in sealed-tokens.ts, so that jose alone can open ours: it is plain JWE.
  const bytes = hkdfSync(
    'sha256',
    Buffer.from(ring[0]!.key, 'base64url'),
    kind.audience,
    `popvote/token/v1|${kid ?? ''}`,
    32,
  );
  const key = await webcrypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  const seal = (): Promise<string> =>
    new EncryptJWT(claims)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: kid ?? '', typ: kind.typ })
      .setAudience(kind.audience)
      .setExpirationTime(Math.floor((Date.now() + minutesMs) / 1_000))
      .encrypt(key);
  const options = { audience: kind.audience, typ: kind.typ, requiredClaims: ['exp'] };
  const theirs = await seal();

  const count = 1_000;
  const arm = <Name extends string>(name: Name, operation: () => Promise<unknown>): Arm<Name> => ({
    name,
    run: () => cpuPerOperation(count, operation),
  });
  say(`${count} operations a block, ${atOnce} at once`);
  const rounds = await interleave(
    [
      arm('our seal', () => tokens.seal(claims, Date.now() + minutesMs)),
      arm('jose seal', seal),
      arm('our open', () => tokens.open(ours)),
      arm('jose open', () => jwtDecrypt(ours, key, options)),
      arm('jose open, raw key', () => jwtDecrypt(ours, new Uint8Array(bytes), options)),
    ],
    quick ? 31 : 101,
  );
  findings.target('seal: ours to jose', ratioOf(rounds, 'our seal', 'jose seal'), 'x', 'at most', 0.4);
  findings.target('open: ours to jose', ratioOf(rounds, 'our open', 'jose open'), 'x', 'at most', 0.4);
  for (const name of ['our seal', 'jose seal', 'our open', 'jose open', 'jose open, raw key'] as const) {
    findings.figure(name, figureOf(rounds, name), 'µs of processor');
  }
  findings.figure('length of a verified token', ours.length, 'characters');

  const byJose = await jwtDecrypt(ours, key, options).then(({ payload }) => verifiedClaims.parse(payload));
  findings.check('jose opens what we seal', JSON.stringify(byJose) === JSON.stringify(claims), 'claims are equal');
  const byUs = await tokens.open(theirs);
  findings.check('we open what jose seals', JSON.stringify(byUs) === JSON.stringify(claims), 'claims are equal');
  const { opened, total } = await openedAfterTampering(ours, tokens.open);
  findings.check('no altered token opens', opened === 0, `${opened} of ${total} opened`);
  const pending = createSealedTokens({
    ring,
    kind: tokenKinds.pending,
    claims: verifiedClaims,
    secondsMax: 900,
    clock: systemClock,
  });
  findings.check('a token of the other kind does not open', (await pending.open(ours)) === null, 'verified as pending');
});

/** Alters each character in turn and counts what still opens. */
async function openedAfterTampering(
  token: string,
  open: (token: string) => Promise<unknown>,
): Promise<{ opened: number; total: number }> {
  let opened = 0;
  let total = 0;
  for (let place = 0; place < token.length; place += 1) {
    if (token[place] === '.') continue;
    // Bit 5 of the six in a character, because the last character's low bits may be padding that decodes alike.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const other = alphabet[alphabet.indexOf(token[place]!) ^ 32]!;
    total += 1;
    if ((await open(token.slice(0, place) + other + token.slice(place + 1))) !== null) opened += 1;
  }
  return { opened, total };
}
