#!/usr/bin/env node
// The command popvote-verify: verifies a public election from its published record alone. docs/verify.md is its specification.
import { statSync } from 'node:fs';
import { readArguments, usageText } from './command-line.ts';
import type { Command, CommandArguments } from './command-line.ts';
import { receiptBytesMax } from './log/receipts.ts';
import { createCopyingSource, isFree } from './reading/copying-source.ts';
import { createFolderSource, readBounded } from './reading/folder-source.ts';
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

async function verify(command: Extract<Command, { command: 'verify' }>): Promise<number> {
  const receipts: Buffer[] = [];
  for (const path of [command.checkpoints, command.openings, ...command.receipts]) {
    if (path === null) continue;
    const place = statSync(path, { throwIfNoEntry: false });
    if (place === undefined) return refuse(`There is no ${path}.`);
    if (place.isDirectory() !== (path === command.checkpoints)) {
      return refuse(`${path} is a folder in place of a file, or a file in place of a folder.`);
    }
  }
  if (command.copy !== null && !(await isFree(command.copy))) return refuse(`${command.copy} is no empty folder.`);
  for (const path of command.receipts) {
    const receipt = await readBounded(path, receiptBytesMax);
    if (receipt === null) return refuse(`There is no file ${path}.`);
    receipts.push(receipt);
  }
  const { report, why } = await verifyElection({
    source: sourceOf(command),
    electionId: command.electionId,
    manifestHash: command.manifestHash,
    publisherKey: command.publisherKey,
    givenKeys: command.givenKeys,
    savedCheckpoints: command.checkpoints === null ? [] : await readKeptCheckpoints(command.checkpoints),
    receipts,
    openingsPath: command.openings,
    nowMs: Date.now(),
  });
  process.stdout.write(command.json ? jsonReport(report) : textReport(report, why));
  return report.exit;
}

async function watch(command: Extract<Command, { command: 'watch' }>): Promise<number> {
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
