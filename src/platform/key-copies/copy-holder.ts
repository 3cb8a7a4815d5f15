// The receiving side of copies of keys. For each copy it makes a key pair, which opens one message and is then forgotten:
// who records the network and later steals a key of the service opens nothing. It keeps only what a process of the same
// service signed.
import { copiedFiles } from '../../protocol/key-copies.ts';
import type { CopiedFile, CopyAnswer, CopyCall, CopyingService, OfferAnswer } from '../../protocol/key-copies.ts';
import { Problem } from '../../protocol/problem.ts';
import { retrySoon } from '../http/problems.ts';
import { parseJson } from '../json.ts';
import { createOpener, newEpochKey } from '../keys/sealed-boxes.ts';
import { signValue, valueIsSigned } from '../keys/signatures.ts';
import type { SigningKey, VerificationKeys } from '../keys/signatures.ts';

/** Most key pairs for copies that have not come yet. */
const offersMax = 64;
/** Life of such a key pair, in milliseconds. */
const offerMsMax = 10_000;

/** Where the files are. All of it throws errors of the file system. */
export type CopyFolder = {
  /** The name of the folder, random, and made with it. */
  id(): string;
  has(name: string): boolean;
  /** The text of a file, or null if there is none. */
  read(name: string): string | null;
  /** Makes the file durable. False where it may not be kept here: another one has its name, or its form is wrong. */
  keep(file: CopiedFile): Promise<boolean>;
};

/** What the processes of one service share, and sign with. */
export type CopyParty = {
  readonly service: CopyingService;
  readonly identity: SigningKey;
  /** The public halves that the processes of the service may have. */
  readonly signers: VerificationKeys;
};

export type CopyHolder = {
  /** Says which files are missing here, with a key to seal them to. Throws `busy` behind too many. */
  offer(call: { readonly nonce: string; readonly names: readonly string[] }): OfferAnswer;
  /** Keeps a copy, and says so once it is durable. Throws `not-admitted` where it may not be kept. */
  keep(call: CopyCall): Promise<CopyAnswer>;
};

export const copyContext = (service: CopyingService): Buffer => Buffer.from(`popvote/key-copy/v1|${service}`);

export function createCopyHolder({ service, identity, signers }: CopyParty, folder: CopyFolder): CopyHolder {
  const offers = new Map<string, { readonly open: ReturnType<typeof createOpener>; readonly untilMs: number }>();
  const forgetLate = (): void => {
    for (const [id, { untilMs }] of offers) if (performance.now() >= untilMs) offers.delete(id);
  };
  const take = (id: string): ReturnType<typeof createOpener> | undefined => {
    forgetLate();
    const open = offers.get(id)?.open;
    offers.delete(id);
    return open;
  };
  return {
    offer({ nonce, names }) {
      forgetLate();
      const missing = names.filter((name) => !folder.has(name));
      // No message follows where nothing is missing, so the offer takes no place.
      const awaits = missing.length > 0;
      if (awaits && offers.size >= offersMax) throw new Problem('busy', retrySoon());
      const key = newEpochKey();
      const id = key.epoch.toString('base64url');
      if (awaits) offers.set(id, { open: createOpener(key), untilMs: performance.now() + offerMsMax });
      const offer = {
        version: 'popvote/key-copy-offer/v1' as const,
        service,
        nonce,
        missing,
        folder: folder.id(),
        id,
        publicKey: key.publicKey.toString('base64url'),
      };
      return { offer, signature: signValue(identity, offer) };
    },
    async keep({ copy, signature }) {
      // Forgotten also where the rest is wrong: one try for each key pair.
      const open = take(copy.id);
      if (!open || copy.service !== service || !valueIsSigned(signers, copy, signature))
        throw new Problem('not-admitted');
      const content = open(Buffer.from(copy.sealed, 'base64url'), copyContext(service));
      const files = copiedFiles.safeParse(content && parseJson(content.toString('utf8')));
      if (!files.success) throw new Problem('not-admitted');
      for (const file of files.data) if (!(await folder.keep(file))) throw new Problem('not-admitted');
      const stored = {
        version: 'popvote/key-copy-stored/v1' as const,
        service,
        id: copy.id,
        folder: folder.id(),
      };
      return { stored, signature: signValue(identity, stored) };
    },
  };
}
