// The definition that a proposal is about. What is announced after the confirmation is this definition or nothing.
import { z } from 'zod';
import { contentHash } from '../../../platform/content-hash.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';

export const pinnedDefinition = z.strictObject({
  version: z.int().min(1).optional(),
  /** SHA-256 of the definition with its names. */
  definitionHash: z.string().optional(),
  rehearsal: z.boolean().optional(),
});
export type PinnedDefinition = z.infer<typeof pinnedDefinition>;

type Current = { readonly definition: ElectionDefinition; readonly version: number };

const hashOf = (definition: ElectionDefinition): string => contentHash(JSON.stringify(definition));

export const pinnedOf = ({ definition, version }: Current) => ({ version, definitionHash: hashOf(definition) });

/** Throws `conflict` where the definition is not the pinned one. */
export function rejectOtherDefinition(pinned: PinnedDefinition | undefined, { definition, version }: Current): void {
  const same: PinnedDefinition = { version, definitionHash: hashOf(definition), rehearsal: definition.rehearsal };
  const names = ['version', 'definitionHash', 'rehearsal'] as const;
  if (names.every((name) => pinned?.[name] === undefined || pinned[name] === same[name])) return;
  throw new Problem('conflict', { detail: otherDefinition });
}

const otherDefinition =
  'The election, or the name of a participant in it, was changed in the meantime. Check the election, and do this again. ' +
  'Nothing was changed.';
