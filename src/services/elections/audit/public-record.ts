// What is signed and published beside the elections: the heads of the record of acts, and the lists of the voters' page.
import type { Clock } from '../../../platform/clock.ts';
import type { Logger } from '../../../platform/logger.ts';
import type { Loop } from '../../../platform/loop.ts';
import { signingKey } from '../../../platform/keys/signatures.ts';
import type { SigningKey, VerificationKeys } from '../../../platform/keys/signatures.ts';
import type { PrivateClient } from '../../../platform/private-calls/private-calls.ts';
import type { Redis } from '../../../platform/redis.ts';
import type { ElectionsKeys, PublicKeys } from '../../../protocol/key-files.ts';
import type { PageFiles } from '../../../protocol/record/page-list.ts';
import type { Pool } from '../../../store/database.ts';
import type { LogSettings } from '../record/manifest.ts';
import { createPageLists } from '../record/page-lists.ts';
import { createAccessActs } from './access-acts.ts';
import { createHeadLog } from './head-log.ts';
import { createRecordHeads } from './record-heads.ts';
import type { RecordHeads } from './record-heads.ts';
import { createRecordUpkeep } from './record-upkeep.ts';

export function createPublicRecord(parts: {
  readonly pool: Pool;
  readonly boxPool: Pool;
  readonly access: PrivateClient;
  readonly edgeRedis: Redis;
  readonly keys: ElectionsKeys;
  readonly publicKeys: PublicKeys;
  readonly publisher: SigningKey;
  readonly publishers: VerificationKeys;
  readonly logSettings: LogSettings | null;
  readonly pageFiles: PageFiles | null;
  readonly clock: Clock;
  readonly logger: Logger;
}): { readonly heads: RecordHeads; readonly recordUpkeep: Loop } {
  const { keys, publisher, logger } = parts;
  const heads = createRecordHeads({ ...parts, headLog: createHeadLog(parts) });
  const signers = [publisher, ...(keys.earlier ?? []).map(signingKey)];
  const pages = createPageLists({ ...parts, signers, files: parts.pageFiles });
  return { heads, recordUpkeep: createRecordUpkeep({ acts: createAccessActs(parts), heads, pages, logger }) };
}
