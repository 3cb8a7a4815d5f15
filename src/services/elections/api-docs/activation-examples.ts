// Fictional examples of activations for the documentation.
import type {
  ActivationAnswer,
  ActivationCounts,
  ActivationRequest,
} from '../../../protocol/control/activations-api.ts';

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
