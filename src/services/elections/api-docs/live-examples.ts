// Examples for the documentation of an election while it runs. They are made up.
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
    reconciliation: { participation: 3_150, outbox: 100, box: 3_050, difference: 0 },
  },
  funnel: {
    step: 50,
    started: 3_700,
    confirmed: 3_300,
    cast: 3_150,
    byMethod: { 'text-in': { started: 3_200, confirmed: 2_900 }, code: { started: 550, confirmed: 400 } },
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
      title: 'Codes reach voters without twilio, which fails.',
      detail: 'More than half of its texts failed. It is left alone, and tried again every few seconds.',
      next: 'Ask twilio what is wrong, or look at its status page.',
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
    { name: 'definition', state: 'ok', observed: 'Nothing stands out.' },
    { name: 'announcement', state: 'ok', observed: 'It is announced. Opening: 2026-06-20T06:00:00.000Z.' },
    { name: 'intake', state: 'ok', observed: 'The ballot server answers and has this election.' },
    {
      name: 'code',
      state: 'warning',
      observed: 'One provider sends codes: twilio.',
      next: 'Add a second to SMS_PROVIDERS of `sms`: then codes go on while one fails.',
    },
    { name: 'roll', state: 'failed', observed: 'The roll is empty: nobody could vote.', next: 'Import the roll.' },
  ],
};

export const liveExamples = {
  live: { open: { summary: 'While voting is open and one provider fails', value: live } },
  history: { open: { summary: 'Of the first minutes', value: history } },
  readiness: { before: { summary: 'The day before, with two things to do', value: readiness } },
};
