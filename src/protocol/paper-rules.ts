// The rules of paper ballots in the document of an election.
import { z } from 'zod';
import { printedRangesMax, stationsMax } from '../domain/paper.ts';
import { readableText } from '../domain/text/readable-text.ts';
import { localId } from './public-values.ts';

/** Longest name of a station, in characters. */
const stationNameCharactersMax = 200;

export const stationId = localId.describe('Of a station of the election.');
const ballotId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'Give a GUID in small letters.');

const isReadable = (text: string): boolean => {
  const read = readableText(text);
  return read.ok && read.text === text;
};
const nameFault = 'A name is one line without hidden characters and without spaces around it, in the Unicode form NFC.';

export const paperRules = z
  .strictObject({
    confirmation: z
      .boolean()
      .optional()
      .describe(
        'Whether a batch counts only after a second official confirmed it against the protocol of its station.',
      ),
    stations: z
      .array(
        z.strictObject({
          id: stationId,
          name: z.string().min(1).max(stationNameCharactersMax).refine(isReadable, { error: nameFault }),
          printed: z
            .array(z.strictObject({ from: ballotId, to: ballotId }))
            .min(1)
            .max(printedRangesMax)
            .optional()
            .describe('Ids of the ballots that were printed for it, from the first to the last of each range.'),
        }),
      )
      .min(1)
      .max(stationsMax)
      .optional()
      .describe('Where paper ballots are counted by hand. Each batch names one.'),
  })
  .describe('Dropped without the channel "batches".')
  .meta({ id: 'PaperRules' });
