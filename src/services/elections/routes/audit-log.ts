// Routes of the audit log: list, verify and export, for administrators and auditors. Only an export adds an entry.
import { Readable } from 'node:stream';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import {
  auditLogPage,
  auditLogQuery,
  auditVerification,
  verificationQuery,
} from '../../../protocol/control/audit-log-api.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { electionsExamples } from '../api-docs/examples.ts';
import { callerOf } from './caller.ts';

const tags = ['audit log'];

export type AuditLogOptions = { readonly auditLog: AuditLog; readonly guard: RoleGuard };

export async function auditLogRoutes(app: App, options: AuditLogOptions): Promise<void> {
  listingRoute(app, options);
  verifyingRoute(app, options);
  exportRoute(app, options);
}

function listingRoute(app: App, { auditLog }: AuditLogOptions): void {
  app.get(
    '/v1/audit-log',
    {
      schema: {
        operationId: 'listAuditLog',
        tags,
        summary: 'List audit log entries, newest first',
        description: 'For the next page, send `next` as `before` with the same filters.',
        querystring: auditLogQuery,
        response: { 200: auditLogPage },
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: jsonAnswer('A page.', 'AuditLogPage', {
              page: { summary: 'A rename', value: electionsExamples.auditLogPage },
            }),
          },
          rejections: [],
        }),
      },
    },
    async (request, reply) => reply.header('cache-control', 'no-store').send(await auditLog.list(request.query)),
  );
}

function verifyingRoute(app: App, { auditLog }: AuditLogOptions): void {
  app.get(
    '/v1/audit-log/verification',
    {
      schema: {
        operationId: 'verifyAuditLog',
        tags,
        summary: 'Verify the hash chain of the audit log',
        description:
          'Computes every hash again and returns the first wrong entry. Save the head outside the platform from time to ' +
          'time. Send its number as `entry` later to compare the hash.',
        querystring: verificationQuery,
        response: { 200: auditVerification },
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: jsonAnswer('The outcome.', 'AuditVerification', {
              whole: { summary: 'An intact chain', value: electionsExamples.verification },
            }),
          },
          rejections: [],
        }),
      },
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send(await auditLog.verify(request.query.entry)),
  );
}

function exportRoute(app: App, { auditLog, guard }: AuditLogOptions): void {
  app.get(
    '/v1/audit-log/export',
    {
      schema: {
        operationId: 'exportAuditLog',
        tags,
        summary: 'Export the audit log as lines of JSON, oldest first',
        description:
          'Each line has the number, the previous hash, the hash and the exact text of an entry. hash = SHA-256(the bytes ' +
          'of previous, then the UTF-8 bytes of text). The export itself is audited.',
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: {
              description: 'One line per entry.',
              content: {
                'application/x-ndjson': { examples: { line: { summary: 'A line', value: electionsExamples.line } } },
              },
            },
          },
          rejections: [],
        }),
      },
    },
    async (request, reply) => {
      const lines = await auditLog.lines(callerOf(guard, request));
      return reply
        .headers({
          'cache-control': 'no-store',
          'content-type': 'application/x-ndjson; charset=utf-8',
          'content-disposition': 'attachment; filename="audit-log.jsonl"',
        })
        .send(Readable.from(lines));
    },
  );
}
