// Routes of the devices of polling stations: who administers an election enrols them, and officials revoke one that is lost.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import {
  deviceAnswer,
  deviceCounts,
  deviceList,
  deviceRequest,
  devicesQuery,
} from '../../../protocol/control/devices-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { Devices } from '../activations/devices.ts';
import { deviceExamples } from '../api-docs/activation-examples.ts';
import { callerOf } from './caller.ts';

const params = z.object({ electionId });
const deviceParams = params.extend({ deviceId: z.uuid() });
const tags = ['voting'];
const uncached = { 'cache-control': 'no-store' };

export type DeviceOptions = { readonly devices: Devices; readonly guard: RoleGuard };

export async function deviceRoutes(app: App, options: DeviceOptions): Promise<void> {
  enrolRoute(app, options);
  listRoute(app, options);
  countRoute(app, options);
  revokeRoute(app, options);
  await Promise.resolve();
}

function enrolRoute(app: App, { devices, guard }: DeviceOptions): void {
  app.post(
    '/v1/elections/:electionId/devices',
    {
      schema: {
        operationId: 'enrolDevice',
        tags,
        summary: 'Enrol the device of a polling station',
        description:
          'Codes for voters without a phone work only at the devices that are enrolled at the station when the code is made. ' +
          'Before or while voting is open. The answer has a secret, once: open the address that it belongs to on the device, and ' +
          'after a lost answer revoke the device and enrol it again. A station has at most 20. Not for officials, so that who ' +
          'makes codes does not choose where they work.',
        params,
        body: deviceRequest,
        response: { 201: deviceAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            201: jsonAnswer('The device, and its secret.', 'EnrolledDevice', {
              enrolled: { summary: 'A device', value: deviceExamples.enrolled },
            }),
          },
          rejections: ['second-factor-missing', 'activation-not-allowed', 'not-open', 'election-not-found', 'conflict'],
          requests: { device: { summary: 'A tablet at the town hall', value: deviceExamples.enrolment } },
        }),
      },
    },
    async (request, reply) => {
      const answer = await devices.enrol(callerOf(guard, request), request.params.electionId, request.body);
      return reply.code(201).headers(uncached).send(answer);
    },
  );
}

function listRoute(app: App, { devices }: DeviceOptions): void {
  app.get(
    '/v1/elections/:electionId/devices',
    {
      schema: {
        operationId: 'listDevices',
        tags,
        summary: 'List the devices of a polling station',
        description: 'Those that are not revoked. The audit log has all.',
        params,
        querystring: devicesQuery,
        response: { 200: deviceList },
      },
      config: {
        ...allows('administrator', 'auditor', 'official'),
        ...documented({
          answers: {
            200: jsonAnswer('The devices.', 'DeviceList', {
              devices: { summary: 'One device', value: { devices: [deviceExamples.enrolled.device] } },
            }),
          },
          rejections: ['election-not-found'],
        }),
      },
    },
    async (request, reply) => {
      const { params: at, query } = request;
      return reply.headers(uncached).send(await devices.list(at.electionId, query.stationId));
    },
  );
}

function countRoute(app: App, { devices }: DeviceOptions): void {
  app.get(
    '/v1/elections/:electionId/device-counts',
    {
      schema: {
        operationId: 'countDevices',
        tags,
        summary: 'How many devices each polling station has',
        description:
          'Also those without a device, for which no code is made. The readiness of the election names them too.',
        params,
        response: { 200: deviceCounts },
      },
      config: {
        ...allows('administrator', 'auditor', 'official'),
        ...documented({
          answers: {
            200: jsonAnswer('The numbers.', 'DeviceCounts', {
              counts: { summary: 'One of two stations has devices', value: deviceExamples.counts },
            }),
          },
          rejections: ['election-not-found'],
        }),
      },
    },
    async (request, reply) => reply.headers(uncached).send(await devices.counts(request.params.electionId)),
  );
}

function revokeRoute(app: App, { devices, guard }: DeviceOptions): void {
  app.delete(
    '/v1/elections/:electionId/devices/:deviceId',
    {
      schema: {
        operationId: 'revokeDevice',
        tags,
        summary: 'Revoke a device',
        description:
          'No code that is made from now on works there. Codes that were made before end within ten minutes.',
        params: deviceParams,
      },
      config: {
        ...allows('administrator', 'official'),
        ...documented({
          answers: { 204: { description: 'It is revoked.' } },
          rejections: ['second-factor-missing', 'activation-not-allowed', 'election-not-found', 'device-not-found'],
        }),
      },
    },
    async (request, reply) => {
      const { electionId: id, deviceId } = request.params;
      await devices.revoke(callerOf(guard, request), id, deviceId);
      return reply.code(204).send();
    },
  );
}
