// Values of a call that become headers: one that no header can hold is refused before anything is sent.
import { expect, test } from 'vitest';
import { requestOf } from '../../../src/cli/control/request-of.ts';
import type { ControlOperation } from '../../../src/cli/control/operations.ts';

const operation: ControlOperation = {
  service: 'elections',
  id: 'changeThing',
  method: 'PUT',
  path: '/v1/thing',
  summary: '',
  description: '',
  roles: ['administrator'],
  parameters: [
    { name: 'If-Match', in: 'header', required: true, description: '', kinds: new Set(['string']), choices: [] },
  ],
  body: null,
  answers: [],
};
const send = (ifMatch: string) => requestOf(operation, { values: [], ifMatch, body: { kind: 'none' } });

test('A version that a header can hold is sent as it is', () => {
  for (const tag of ['"3"', '*', 'W/"3"']) expect(send(tag).headers).toEqual({ 'If-Match': tag });
});

test('A version that no header can hold is refused as wrong usage', () => {
  for (const tag of ['"3"\r\nx: y', 'é', '\u0000', ' ', '“3”'])
    expect(() => send(tag)).toThrow(expect.objectContaining({ exitCode: 2 }));
});
