// The law of clocks: whatever is compared with a clock is compared on both sides. A clock can be set back or ahead, so
// "younger than an hour" is also true of a moment of the next century. `isWithin` of src/platform/clock.ts has both sides;
// every other comparison is listed here with its other side.
import ts from 'typescript';
import type { SourceFile } from './source-tree.ts';

/** Comparisons outside of `isWithin`, as `file: expression`, by the reason why they cannot go wrong. */
const knownByReason: Readonly<Record<string, readonly string[]>> = {
  'a moment of the election, and no age: before it and after it are both meant': [
    'src/domain/election.ts: nowMs < Date.parse(times.opensAt)',
    'src/domain/election.ts: nowMs < Date.parse(times.closesAt)',
    'src/services/officials/uploads.ts: nowMs < Date.parse(election.opensAt)',
    'src/services/officials/uploads.ts: nowMs < Date.parse(election.closesAt)',
    'src/services/api/documents/documents.ts: nowMs >= closesAtOf(entry) + closingGraceSeconds * 1_000',
    'src/services/api/documents/documents.ts: time > nowMs',
    'src/services/api/documents/document-metrics.ts: ms > nowMs',
    'src/services/api/sessions/sessions.ts: nowMs + election.verification.verifiedSecondsMax * 1_000 > Date.parse(election.opensAt)',
    'src/services/elections/drafts/preview.ts: Date.parse(definition.opensAt) <= nowMs',
  ],
  'the clock of the database on both sides': [
    'src/services/elections/lifecycle/annotations.ts: nowMs < election.opensAtMs',
    'src/services/elections/lifecycle/lifecycle.ts: nowMs >= closesAtMs + graceSeconds * 1_000',
    'src/services/elections/lifecycle/pending-changes.ts: row.nowMs - (row.pendingClosesAtMs ?? 0) > nowMsMax',
    'src/services/elections/lifecycle/pending-changes.ts: row.nowMs - (row.pendingClosesAtMs ?? 0)',
    'src/services/elections/results/counting.ts: nowMs < closesAtMs',
    'src/services/elections/destruction/destruction.ts: election.nowMs > inUseUntilMs',
    'src/services/elections/destruction/destruction.ts: election.nowMs <= inUseUntilMs',
    'src/services/elections/results/counting.ts: nowMs >= closesAtMs + electionDefinition.parse(announced).graceSeconds * 1_000',
  ],
  'time that has passed in this process, and no clock': [
    'src/platform/http/work-queue.ts: now - work.sinceMs <= queue.waitMsMax',
    'src/platform/http/work-queue.ts: now - work.sinceMs',
    'src/services/ballots/sealing-keys.ts: latest.nowMs + performance.now() - latest.readAtMs',
    'src/services/api/waiting/tick-wheel.ts: this.#last < now',
    'src/services/officials/spool-metrics.ts: nowMs - oldestMs',
    'src/services/elections/lifecycle/schedule.ts: now < untilMs',
  ],
  'an old signature stays valid': [
    'src/domain/record/signed-checkpoint.ts: time <= nowMs / 1_000 + cosignatureAheadSecondsMax',
  ],
  'the other side is in the same condition': [
    'src/platform/clock.ts: nowMs - sinceMs',
    'src/services/api/documents/documents.ts: nowMs < list.madeAtMs',
    'src/services/api/documents/documents.ts: nowMs >= list.untilMs',
    'src/services/elections/monitoring/sustained.ts: now - sinceMs',
    'src/services/sms/providers/provider-health.ts: minute > now - reportWindowMinutes',
    'src/services/sms/providers/provider-health.ts: now - reportWindowMinutes',
    'src/services/sms/providers/provider-health.ts: minute <= now',
  ],
  'the size of the difference counts, and not its sign': [
    'src/platform/service-time.ts: machine() - expectedMs',
    'src/services/sms/providers/webhook-signature.ts: nowMs / 1_000 - Number(seconds)',
  ],
  'shown or logged, or kept within bounds where it is used': [
    'src/platform/private-calls/private-calls.ts: claims.iat * 1_000 - nowMs',
    'src/services/mixer/epoch-keys.ts: createdAtMs - nowMs',
    'src/services/ballots/sealing-keys.ts: latest.nowMs + performance.now() - latest.readAtMs - key.createdAtMs',
    'src/services/api/documents/document-metrics.ts: Math.min(...times.filter((ms) => ms > nowMs)) - nowMs',
    'src/services/sms/codes/challenges.ts: expiresAtMs - nowMs',
    'src/services/api/documents/documents.ts: untilMs - nowMs',
    'src/services/elections/monitoring/readiness-checks.ts: nowMs - last.atMs',
    'src/services/elections/audit/record-metrics.ts: clock() - ms',
    'src/services/elections/monitoring/doctor-metrics.ts: clock() - Math.max(...times)',
  ],
  'names the future side, and `isWithin` beside it retires the key': [
    'src/services/mixer/epoch-keys.ts: createdAtMs > nowMs + epochAheadMsMax',
  ],
  'removes the old, and readers bound the future side': [
    'src/services/officials/queue-upload.ts: nowMs - arrivingMsMax',
  ],
  'another service judges the token, and after a rejection it is renewed': [
    'src/cli/control/panel-client.ts: Date.parse(session.pair.accessExpiresAt) - renewMs <= Date.now()',
    'src/services/panel/session-cookies.ts: Date.parse(end) - nowMs',
  ],
};
export const knownComparisons: ReadonlySet<string> = new Set(Object.values(knownByReason).flat());

const operators: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
  ts.SyntaxKind.MinusToken,
]);

/** Every `<`, `<=`, `>`, `>=` and `-` with a clock on one side, as `file: expression`, without the pages of a browser. */
export function clockComparisons(files: readonly SourceFile[]): string[] {
  const comparisons: string[] = [];
  for (const { path, text } of files.filter((file) => /^src\/(?!pages\/).*\.ts$/.test(file.path))) {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      if (ts.isBinaryExpression(node) && operators.has(node.operatorToken.kind)) {
        if (readsClock(node.left) || readsClock(node.right))
          comparisons.push(`${path}: ${node.getText().replace(/\s+/g, ' ')}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return comparisons;
}

// `clock()`, `parts.clock()`, `Date.now()`, and what they were read into: `now`, `nowMs`, `row.nowMs`.
function readsClock(node: ts.Expression): boolean {
  const text = node.getText();
  if (ts.isCallExpression(node)) return /(^|[.#])(clock|systemClock|machine)\(\)$|^Date\.now\(\)$/.test(text);
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return /(^|\.)now(Ms)?$/.test(text);
  if (ts.isBinaryExpression(node)) return readsClock(node.left) || readsClock(node.right);
  return ts.isParenthesizedExpression(node) && readsClock(node.expression);
}
