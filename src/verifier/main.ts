#!/usr/bin/env node
// The command popvote-verify: verifies a public election from its published record alone. docs/verify.md is its specification.
import { accessSync, constants, statSync } from 'node:fs';
import { readArguments, usageText } from './command-line.ts';
import type { Command, CommandArguments } from './command-line.ts';
import { receiptBytesMax } from './log/receipts.ts';
import { createCopyingSource, isFree } from './reading/copying-source.ts';
import { createFolderSource, readBounded } from './reading/folder-source.ts';
import { UnreadableRecord } from './reading/record-source.ts';
import type { RecordSource } from './reading/record-source.ts';
import { createWebSource, readAddress } from './reading/web-source.ts';
import { verifierExits } from './report/reasons.ts';
import { jsonReport, textReport } from './report/text-report.ts';
import { verifyElection } from './verify-election.ts';
import { readKeptCheckpoints } from './watch/kept-files.ts';
import { watchRecord } from './watch/watch-election.ts';

async function run(command: Command): Promise<number> {
  switch (command.command) {
    case 'help':
      process.stdout.write(usageText);
      return verifierExits.verified;
    case 'wrong':
      return refuse(command.detail);
    case 'verify':
      return verify(command);
    case 'watch':
      return watch(command);
  }
}

function refuse(detail: string): number {
  process.stderr.write(`${detail}\n\n${usageText}`);
  return verifierExits.usage;
}

function sourceOf({ from, copy, url, electionId }: CommandArguments): RecordSource {
  const source = from === null ? createWebSource(url, electionId) : createFolderSource(from);
  return copy === null ? source : createCopyingSource(source, copy);
}

/** What is wrong with the folder and the files of the arguments; null if nothing. Only `watch` makes its folder. */
function faultOfPaths({ command, checkpoints, openings, receipts }: Extract<Command, CommandArguments>): string | null {
  const placeOf = (path: string) => statSync(path, { throwIfNoEntry: false });
  const folder = checkpoints === null ? undefined : placeOf(checkpoints);
  if (folder !== undefined && !folder.isDirectory()) return `${checkpoints} is no folder.`;
  if (checkpoints !== null && folder === undefined && command === 'verify') return `There is no folder ${checkpoints}.`;
  const files = openings === null ? receipts : [openings, ...receipts];
  const wrong = files.find((path) => placeOf(path)?.isFile() !== true || !isReadable(path));
  return wrong === undefined ? null : `${wrong} is no regular file that can be read.`;
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

type GivenFiles = { readonly receipts: readonly Buffer[]; readonly savedCheckpoints: readonly Buffer[] };

/** The receipts and the kept checkpoints of the arguments, or which of them cannot be read. */
async function readGiven({ receipts, checkpoints }: CommandArguments): Promise<GivenFiles | string> {
  try {
    const texts = await Promise.all(receipts.map((path) => readBounded(path, receiptBytesMax)));
    return {
      receipts: texts.filter((text) => text !== null),
      savedCheckpoints: checkpoints === null ? [] : await readKeptCheckpoints(checkpoints),
    };
  } catch (error) {
    if (error instanceof UnreadableRecord) return error.message;
    throw error;
  }
}

async function verify(command: Extract<Command, { command: 'verify' }>): Promise<number> {
  const fault = faultOfPaths(command);
  if (fault !== null) return refuse(fault);
  if (command.copy !== null && !(await isFree(command.copy))) return refuse(`${command.copy} is no empty folder.`);
  const files = await readGiven(command);
  if (typeof files === 'string') return refuse(files);
  const { report, why } = await verifyElection({
    source: sourceOf(command),
    electionId: command.electionId,
    manifestHash: command.manifestHash,
    publisherKey: command.publisherKey,
    givenKeys: command.givenKeys,
    ...files,
    openingsPath: command.openings,
    nowMs: Date.now(),
  });
  process.stdout.write(command.json ? jsonReport(report) : textReport(report, why));
  return report.exit;
}

async function watch(command: Extract<Command, { command: 'watch' }>): Promise<number> {
  const fault = faultOfPaths(command);
  if (fault !== null) return refuse(fault);
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  const request = {
    source: sourceOf(command),
    electionId: command.electionId,
    manifestHash: command.manifestHash,
    publisherKey: command.publisherKey,
    givenKeys: command.givenKeys,
    folder: command.checkpoints,
    readPage: (path: string, bytesMax: number) => readAddress(new URL(path, command.url).href, bytesMax),
  };
  const clean = await watchRecord(
    request,
    command.everyMs,
    ending.signal,
    (line) => void process.stdout.write(`${line}\n`),
  );
  return clean ? verifierExits.verified : verifierExits.failed;
}

process.exitCode = await run(readArguments(process.argv.slice(2)));
