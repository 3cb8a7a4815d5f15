// Fictional examples of an open election for the documentation.
import type { Live, Readiness, TurnoutHistory } from '../../../protocol/control/live-api.ts';

const electionId = 'council-2026';

const live: Live = {
  at: '2026-06-20T10:15:05.000Z',
  turnout: {
    electionId,
    countedAt: '2026-06-20T10:15:05.000Z',
    final: false,
    live: true,
    eligible: 12_000,
    step: 50,
    channels: { online: 3_150, batches: 420 },
    reconciliation: { participation: 3_150, outbox: 100, box: 3_050, repeated: 0, difference: 0 },
  },
  funnel: {
    step: 50,
    started: 3_700,
    confirmed: 3_300,
    cast: 3_150,
    byMethod: {
      'text-in': { started: 3_200, confirmed: 2_900 },
      code: { started: 550, confirmed: 400 },
      'text-in-confirmed': { started: 0, confirmed: 0 },
    },
  },
  queues: { outbox: 100, batches: { files: 1, rows: 4_800 } },
  providers: [
    {
      name: 'twilio',
      receives: true,
      sends: true,
      state: 'resting',
      sent: 50,
      failed: 100,
      windowMinutes: 10,
    },
    {
      name: 'gateway',
      receives: false,
      sends: true,
      state: 'working',
      sent: 350,
      failed: 0,
      windowMinutes: 10,
    },
  ],
  alarms: [
    {
      code: 'provider-resting',
      severity: 'warning',
      title: 'twilio fails. Other providers send the codes.',
      detail: 'More than half of its texts failed. It is paused, and tried again every few seconds.',
      next: 'Contact twilio, or check its status page.',
    },
  ],
};

const history: TurnoutHistory = {
  electionId,
  step: 50,
  samples: [
    { at: '2026-06-20T06:00:01.000Z', online: 0, batches: 0 },
    { at: '2026-06-20T06:04:02.000Z', online: 50, batches: 0 },
    { at: '2026-06-20T06:05:02.000Z', online: 200, batches: 420 },
  ],
};

const readiness: Readiness = {
  electionId,
  at: '2026-06-19T15:00:00.000Z',
  checks: [
    { name: 'definition', state: 'ok', observed: 'No warnings.' },
    { name: 'announcement', state: 'ok', observed: 'The election is announced. Opening: 2026-06-20T06:00:00.000Z.' },
    { name: 'intake', state: 'ok', observed: 'The ballot server answers and has this election.' },
    {
      name: 'code',
      state: 'warning',
      observed: 'One provider sends codes: twilio.',
      next: 'Add a second provider to SMS_PROVIDERS of `sms`, so that codes are sent while one fails.',
    },
    { name: 'roll', state: 'failed', observed: 'The roll is empty, so no one could vote.', next: 'Import the roll.' },
  ],
};

export const liveExamples = {
  live: { open: { summary: 'While voting is open and one provider fails', value: live } },
  history: { open: { summary: 'The first minutes', value: history } },
  readiness: { before: { summary: 'The day before, with two open points', value: readiness } },
};
