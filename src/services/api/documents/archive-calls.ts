// Reads publications from `ballots`, which has those of all elections: one by one, and page by page. They are returned
// as text and unverified.
import { z } from 'zod';
import type { PrivateClient } from '../../../platform/private-calls/private-calls.ts';
import { Problem } from '../../../protocol/problem.ts';

/** Longest wait for an answer, in milliseconds. */
const callMsMax = 2_500;
/** Most publications in one answer. */
const pagePublicationsMax = 100;

// Parsed loosely: the signature covers fields that may be unknown to this version. `Documents` checks the rest.
const loosePublication = z.looseObject({
  documents: z.tuple([z.looseObject({ election: z.looseObject({ id: z.string() }) })], z.unknown()),
});
const onePublication = z.object({ publication: loosePublication });
const page = z.object({
  publications: z.array(loosePublication).max(pagePublicationsMax),
  // Absent in answers of older versions, which have one page.
  next: z.int().nullable().default(null),
});

export type ArchivePage = {
  readonly publications: readonly { readonly id: string; readonly text: string }[];
  /** `from` of the next page; null on the last page. */
  readonly next: number | null;
};

export type ArchiveCalls = {
  /** The text of one publication, or null if `ballots` has no such election. Rejects without an answer. */
  publication(electionId: string): Promise<string | null>;
  /** Publications of elections that are not over, the oldest first, or of ended elections, the newest first. */
  page(page: { readonly ended: boolean; readonly from: number | null }): Promise<ArchivePage>;
};

export function createArchiveCalls(ballots: PrivateClient): ArchiveCalls {
  const get = <Schema extends z.ZodType>(path: string, answer: Schema): Promise<z.infer<Schema>> =>
    ballots.call({ method: 'GET', path, answer, msMax: callMsMax });
  return {
    async publication(electionId) {
      try {
        const answer = await get(`/private/elections/${encodeURIComponent(electionId)}/publication`, onePublication);
        return JSON.stringify(answer.publication);
      } catch (error) {
        // `not-found`: an older version without this route.
        const missing = ['election-not-found', 'not-found'];
        if (error instanceof Problem && missing.includes(error.code)) return null;
        throw error;
      }
    },
    async page({ ended, from }) {
      const query = `${ended ? '?ended=true' : '?ended=false'}${from === null ? '' : `&from=${from}`}`;
      const { publications, next } = await get(`/private/publications${query}`, page);
      const texts = publications.map((each) => ({ id: each.documents[0].election.id, text: JSON.stringify(each) }));
      return { publications: texts, next };
    },
  };
}
