// What a publisher publishes for one election, as it crosses Redis and the intake.
import { z } from 'zod';
import { electionDocument, resultsDocument, turnoutDocument } from '../public-document.ts';
import { closingDocument } from './closing.ts';
import { destructionDocument } from './destruction.ts';
import { logoCharactersMax } from '../public-values.ts';
import { manifestDocument } from './manifest.ts';

/**
 * A signed document for each phase that time alone brings (so that opening needs no signature at that moment), or the single
 * document of an election that was closed early or published. With the manifest, where the election has a public log, and its
 * closing document, at the end the certificate that its data is destroyed, and the logo that the documents name by its digest.
 */
export const publication = z.object({
  documents: z.array(electionDocument).min(1).max(4),
  manifest: manifestDocument.optional(),
  turnout: turnoutDocument.optional(),
  closing: closingDocument.optional(),
  results: resultsDocument.optional(),
  destruction: destructionDocument.optional(),
  logo: z.base64().max(logoCharactersMax).optional(),
});
export type Publication = z.infer<typeof publication>;
