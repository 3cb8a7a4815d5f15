// Fictional examples of activations and devices for the documentation.
import type {
  ActivationAnswer,
  ActivationCounts,
  ActivationRequest,
} from '../../../protocol/control/activations-api.ts';
import type { DeviceAnswer, DeviceCounts, DeviceRequest } from '../../../protocol/control/devices-api.ts';

const request: ActivationRequest = { number: 'A-77 0042', stationId: 'town-hall' };
const answer: ActivationAnswer = { code: '2J7K9QXAW4M0', expiresAt: '2026-06-20T09:40:00.000Z' };
const counts: ActivationCounts = {
  total: 31,
  stations: [
    {
      stationId: 'town-hall',
      activations: 31,
      officials: [{ userId: '7c1f6f0e-3d0b-4a55-9f5e-0d6c7a3f2b11', activations: 31 }],
    },
  ],
};

export const activationExamples = { request, answer, counts } as const;

const enrolment: DeviceRequest = { name: 'Tablet 1', stationId: 'town-hall' };
const enrolled: DeviceAnswer = {
  device: {
    id: '5b0e8a52-6c1d-4f0a-9d3e-2f7c1b8a4e60',
    name: 'Tablet 1',
    enrolledBy: '7c1f6f0e-3d0b-4a55-9f5e-0d6c7a3f2b11',
    enrolledAt: '2026-06-20T05:30:00.000Z',
  },
  secret: 'jYtV0cWbF2mJ8sQ1nR5tX7zA3dG6hK9lP0oU4iE2yTs',
};

const deviceNumbers: DeviceCounts = {
  stations: [
    { stationId: 'town-hall', devices: 2 },
    { stationId: 'library', devices: 0 },
  ],
};

export const deviceExamples = { enrolment, enrolled, counts: deviceNumbers } as const;
