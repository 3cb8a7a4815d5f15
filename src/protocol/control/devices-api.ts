// Bodies of the control API of `elections` about the devices of polling stations: who administers an election enrols those that
// take cards, and each has a secret of its own.
import { z } from 'zod';
import { stationId } from '../paper-rules.ts';
import { bytes32, count, instant } from '../public-values.ts';
import { writtenText } from '../written-text.ts';
import { userId } from './access-tokens.ts';

/** Longest name of a device, in characters. */
export const deviceNameCharactersMax = 60;

/** POST /v1/elections/{electionId}/devices */
export const deviceRequest = z
  .strictObject({
    name: writtenText('name', deviceNameCharactersMax).describe('Tells the device from others, such as "Tablet 1".'),
    stationId: stationId.optional().describe('Where the election lists stations.'),
  })
  .meta({ id: 'DeviceRequest' });
export type DeviceRequest = z.infer<typeof deviceRequest>;

const device = z.object({
  id: z.uuid(),
  name: z.string(),
  enrolledBy: userId,
  enrolledAt: instant,
});

export const deviceAnswer = z
  .object({
    device,
    secret: bytes32.describe(
      'It is shown once. Open `/?kiosk=1&election={electionId}#device={secret}` of the voters’ page on the device.',
    ),
  })
  .meta({ id: 'EnrolledDevice' });
export type DeviceAnswer = z.infer<typeof deviceAnswer>;

/** GET /v1/elections/{electionId}/devices */
export const devicesQuery = z.strictObject({
  stationId: stationId.optional().describe('Where the election lists stations.'),
});

export const deviceList = z
  .object({ devices: z.array(device).describe('Of the station, those that are not revoked.') })
  .meta({ id: 'DeviceList' });
export type DeviceList = z.infer<typeof deviceList>;

/** GET /v1/elections/{electionId}/device-counts */
export const deviceCounts = z
  .object({
    stations: z
      .array(
        z.object({
          stationId: stationId.nullable().describe('null in an election without stations.'),
          devices: count.describe('That are not revoked. Without one no card is made for the station.'),
        }),
      )
      .describe('All, in the order of the election.'),
  })
  .meta({ id: 'DeviceCounts' });
export type DeviceCounts = z.infer<typeof deviceCounts>;
