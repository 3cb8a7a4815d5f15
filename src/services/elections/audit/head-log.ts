// The public log of the signed heads of the record: opened under its manifest, and filled with the heads that the box lacks.
// `log` and `herald` treat it as they treat the log of an election, and the same witnesses cosign it.
import { utf8Of } from '../../../domain/record/bytes.ts';
import { logOriginOf, manifestHashBytes } from '../../../domain/record/manifest.ts';
import { sha256 } from '../../../platform/content-hash.ts';
import { canonicalText, signValue } from '../../../platform/keys/signatures.ts';
import type { SigningKey } from '../../../platform/keys/signatures.ts';
import type { PublicKeys } from '../../../protocol/key-files.ts';
import { headLogName } from '../../../protocol/record/head-log.ts';
import type { HeadLogManifest } from '../../../protocol/record/head-log.ts';
import type { SignedRecordHead } from '../../../protocol/record-heads.ts';
import type { Pool } from '../../../store/database.ts';
import { addHeads, lastLoggedHead, openHeadLog } from '../../../store/record/logged-heads.ts';
import { keyOf } from '../record/manifest.ts';
import type { LogSettings } from '../record/manifest.ts';

export type HeadLog = {
  /** The name of the log, and its address without `https://`. */
  readonly origin: string;
  /** Adds heads that the log lacks. May be repeated. */
  add(heads: readonly SignedRecordHead[]): Promise<void>;
};

/** Null where the installation has no public log, or no public half of the publisher's key. */
export function createHeadLog(parts: {
  readonly boxPool: Pool;
  readonly logSettings: LogSettings | null;
  readonly publisher: SigningKey;
  readonly publicKeys: Pick<PublicKeys, 'publishers'>;
}): HeadLog | null {
  const { boxPool, logSettings, publisher } = parts;
  const ownKey = parts.publicKeys.publishers.find(({ kid }) => kid === publisher.kid);
  if (!logSettings || !ownKey) return null;
  const { log, witnesses } = logSettings;
  const body: HeadLogManifest = { version: 1, electionId: headLogName, log, publisher: keyOf(ownKey), witnesses };
  const origin = logOriginOf(log.host, headLogName, sha256(manifestHashBytes(canonicalText(body))));
  const manifest = JSON.stringify({ manifest: body, signature: signValue(publisher, body) });
  let opened = false;
  return {
    origin,
    async add(heads) {
      if (!opened) await openHeadLog(boxPool, { origin, manifest });
      opened = true;
      const last = await lastLoggedHead(boxPool);
      const missing = heads.filter(({ head }) => head.number > last);
      const entries = missing.map((signed) => ({
        number: signed.head.number,
        entry: utf8Of(canonicalText(signed)),
      }));
      if (entries.length > 0) await addHeads(boxPool, entries);
    },
  };
}
