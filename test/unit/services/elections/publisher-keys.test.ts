// Which key signs what an election publishes, after the keys were rotated.
import { expect, test } from 'vitest';
import { newKeyFiles, newSigningJwk, publicJwk } from '../../../../src/platform/keys/new-keys.ts';
import type { PrivateJwk } from '../../../../src/protocol/key-files.ts';
import { publisherKeysOf } from '../../../../src/services/elections/record/manifest.ts';
import { definition } from '../../../support/elections.ts';
import { createLogProbe } from '../../../support/log.ts';
import { manifestFor } from '../../../support/record/manifests.ts';

const keys = newKeyFiles();
const { publisher: manifestKey } = keys.elections;
const manifest = manifestFor(keys, definition());
const current = newSigningJwk('publisher-2');

/** `earlier` in elections.json, and `publishedKeys` in public.json. */
function publisherWith({
  earlier,
  publishedKeys,
}: {
  earlier: readonly PrivateJwk[];
  publishedKeys: readonly PrivateJwk[];
}) {
  const probe = createLogProbe('elections');
  const publicKeys = { publishers: publishedKeys.map(publicJwk) };
  const publisherOf = publisherKeysOf({
    keys: { publisher: current, earlier: [...earlier] },
    publicKeys,
    logger: probe.logger,
  });
  return { publisherOf, text: () => probe.text() };
}

test('An election goes on with the key that its manifest names', () => {
  const { publisherOf, text } = publisherWith({ earlier: [manifestKey], publishedKeys: [current, manifestKey] });
  expect(publisherOf(manifest).kid).toBe(manifestKey.kid);
  expect(publisherOf(null).kid).toBe(current.kid);
  expect(text()).toBe('');
});

test('Where only the private half of that key is missing, nothing is signed by another one', () => {
  const { publisherOf } = publisherWith({ earlier: [], publishedKeys: [current, manifestKey] });
  expect(() => publisherOf(manifest)).toThrow(
    expect.objectContaining({
      code: 'conflict',
      extras: { detail: expect.stringContaining(manifestKey.kid) as string },
    }),
  );
});

test('Where that key was dropped, the one in use signs, and the log says so', () => {
  const { publisherOf, text } = publisherWith({ earlier: [], publishedKeys: [current] });
  expect(publisherOf(manifest).kid).toBe(current.kid);
  expect(text()).toContain('publisher-key.of-manifest-dropped');
});
