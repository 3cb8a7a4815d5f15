// The servers of a rehearsal on Kubernetes are those of docker-compose.yml, and have the labels and files that the chart and
// docs/kubernetes.md name.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { rehearsalServers, serverFiles, serversSecret } from '../../support/deploy/rehearsal-servers.ts';
import { commandsOf } from '../../support/deploy/runbooks.ts';

const root = join(import.meta.dirname, '../../..');

test('The servers of a rehearsal are those that follow from docker-compose.yml', async () => {
  await expect(rehearsalServers()).toMatchFileSnapshot(join(root, 'deploy/helm/rehearsal-servers.yaml'));
  expect(serverFiles).toHaveLength(6);
});

test('Kubernetes, which reads YAML 1.1, finds the same texts and numbers in them', () => {
  const text = readFileSync(join(root, 'deploy/helm/rehearsal-servers.yaml'), 'utf8');
  const read = (version: '1.1' | '1.2'): unknown[] =>
    parseAllDocuments(text, { version }).map((document) => document.toJS() as unknown);
  expect(read('1.1')).toEqual(read('1.2'));
});

test('The path of an operator makes their secret with each of their files', () => {
  const commands = commandsOf(readFileSync(join(root, 'docs/kubernetes.md'), 'utf8'));
  const start = `kubectl create secret generic ${serversSecret} `;
  const [files = ''] = commands.flatMap((command) => (command.startsWith(start) ? command.slice(start.length) : []));
  expect(files.split(' ').sort()).toEqual(serverFiles.map((file) => `--from-file=secrets/${file}`).sort());
});
