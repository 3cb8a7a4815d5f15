// What is said of a failure, and its exit code. The text of an error may come from a server or name a file: it cannot control
// the terminal.
import { CommanderError } from 'commander';
import { ConfigurationError } from '../platform/environment.ts';
import { neverSent } from '../platform/dependency-failures.ts';
import { systemFault } from '../platform/files.ts';
import { CallFailed } from '../platform/private-calls/private-calls.ts';
import { reportStartFailure } from '../platform/process.ts';
import { Problem, problemBodyOf } from '../protocol/problem.ts';
import { CommandFailed, exitCodes } from './context.ts';

/** Says why a command failed, and returns its exit code. */
export function exitCodeOf(error: unknown, say: (text: string) => void): number {
  // Commander has already reported the wrong words; help and version are no failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof ConfigurationError) return reportStartFailure(error, say);
  // The file that was to be sent could not be read.
  const failure = error instanceof CallFailed && error.cause instanceof CommandFailed ? error.cause : error;
  say(`popvote: ${textOf(failure)}`.replace(/[^\P{C}\n]+/gu, ' '));
  return failure instanceof CommandFailed ? failure.exitCode : exitCodes.failed;
}

function textOf(error: unknown): string {
  if (error instanceof Problem) {
    const { title, detail, errors = [] } = problemBodyOf(error.code, error.extras);
    return [`${title}. ${detail}`, ...errors.map((fault) => `  ${fault.path}: ${fault.detail}`)].join('\n');
  }
  if (error instanceof CallFailed) {
    const next = neverSent(error.cause)
      ? 'Start it, or correct its address.'
      : error.nothingChanged
        ? 'Try again.'
        : 'Whether it acted is unknown: run the same command again.';
    return `${error.message} (${causeOf(error)}). ${next}`;
  }
  if (!(error instanceof Error)) return 'failed';
  if (neverSent(error)) return `no connection to the server (${messageOf(error)}). Start it, or correct its address.`;
  if (/timeout expired|connection timeout/.test(error.message))
    return `no answer from the server (${error.message}). Look whether it works, or correct its address.`;
  return systemFault(error) ?? messageOf(error);
}

/** Where a name has several addresses, the error of all of them has no message. */
const messageOf = (error: Error): string => error.message || ((error as { code?: string }).code ?? error.name);

function causeOf({ cause }: Error): string {
  const { name, code, message } = (cause ?? {}) as { name?: string; code?: unknown; message?: string };
  if (name === 'ZodError') return 'its answer has another form';
  return typeof code === 'string' ? code : (message ?? 'unknown');
}
