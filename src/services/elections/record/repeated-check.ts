// Whether the repeated ballots of a box are such: each was signed for the log of the election, has the cast tag of an entry of
// the log, and is no entry of it. Otherwise who deposits ballots could leave out any of them.
import { equalBytes } from '../../../domain/record/bytes.ts';
import { decodeEntry, entryChannels, entryKinds } from '../../../domain/record/entry.ts';
import type { Entry } from '../../../domain/record/entry.ts';
import { decodeRepeated, encodeRepeated } from '../../../domain/record/repeated-entries.ts';
import { sha256 } from '../../../platform/content-hash.ts';
import type { RepeatedBallots } from '../../../store/record/repeated-ballots.ts';

/** Signatures that are verified at once. */
const signaturesAtOnceMax = 200;

export type RepeatedCheck = {
  /** Called with every entry of the log. */
  see(entry: Entry): void;
  /** The hash of the file of these entries. Undefined where one of them is not that of a repeated ballot. */
  hash(): Promise<string | null | undefined>;
};

/** Null is the hash where there is no repeated ballot, or one of an earlier release that has no entry. */
export function createRepeatedCheck(
  { entries }: RepeatedBallots,
  isSigned: (entry: Entry) => Promise<boolean>,
): RepeatedCheck {
  const tagged = new Map<string, Entry[]>();
  const decoded = (entries ?? []).map(decodeEntry);
  const isOnline = (entry: Entry | null): entry is Entry =>
    entry?.kind === entryKinds.plain && entry.channel === entryChannels.online;
  const own = decoded.filter(isOnline);
  for (const entry of own) {
    const tag = nameOf(entry.castTag);
    const under = tagged.get(tag);
    if (under) under.push(entry);
    else tagged.set(tag, [entry]);
  }
  const tagsInLog = new Set<string>();
  let isInLog = false;
  return {
    see(entry) {
      const tag = nameOf(entry.castTag);
      const under = tagged.get(tag);
      if (!under) return;
      tagsInLog.add(tag);
      isInLog ||= under.some((one) => equalBytes(one.signature, entry.signature));
    },
    async hash() {
      if (entries === null || entries.length === 0) return null;
      const file = encodeRepeated(entries);
      if (own.length !== entries.length || isInLog || tagsInLog.size !== tagged.size || !decodeRepeated(file))
        return undefined;
      for (let from = 0; from < own.length; from += signaturesAtOnceMax) {
        const answers = await Promise.all(own.slice(from, from + signaturesAtOnceMax).map(isSigned));
        if (answers.includes(false)) return undefined;
      }
      return sha256(file).toString('base64url');
    },
  };
}

const nameOf = (tag: Uint8Array): string => Buffer.from(tag).toString('base64');
