// The OpenAPI description of the two answers with a pending session.
import { voterApiExamples } from '../examples.ts';
import { jsonAnswer } from '../../../platform/http/openapi.ts';
import type { Answer } from '../../../platform/http/openapi.ts';

export const pendingAnswer = (description: string): Answer =>
  jsonAnswer(description, 'PendingSession', {
    textIn: { summary: 'The voter texts the code from the phone', value: voterApiExamples.textIn },
    code: { summary: 'A code was texted to the phone', value: voterApiExamples.code },
  });
