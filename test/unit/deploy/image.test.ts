// The image: a list of its npm packages that names all of the lockfile, exact versions of all that it is built from, and what
// deploy/pin.sh writes. deploy/test/run reads the list in the built image.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { missingPackages, productionPackages, productionSbom } from '../../../deploy/sbom.ts';

const root = join(import.meta.dirname, '../../..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('The list of packages', () => {
  const sbom = productionSbom(root, '1764576000');

  test('The list names every production package of the lockfile and no other', () => {
    const locked = productionPackages(join(root, 'package-lock.json'));
    expect(locked.length).toBeGreaterThan(100);
    expect(missingPackages(root, sbom)).toEqual([]);
    const ids = new Set(locked.map(({ id }) => id));
    const names = sbom.components.map(({ name, version }) => `${name}@${version}`);
    expect(names.filter((name) => !ids.has(name))).toEqual([]);
    expect(names).toContain(
      `zod@${(JSON.parse(textOf('node_modules/zod/package.json')) as { version: string }).version}`,
    );
    expect(names.filter((name) => /^(vitest|eslint)@/.test(name))).toEqual([]);
    // A package that is left out would be noticed.
    const others = { ...sbom, components: sbom.components.filter(({ name }) => name !== 'fastify') };
    expect(missingPackages(root, others)).toEqual([expect.stringMatching(/^fastify@5/)]);
  });

  test('The list is the same each time, with the time that it is given and no random number', () => {
    expect(productionSbom(root, '1764576000')).toEqual(sbom);
    const metadata = { timestamp: '2025-12-01T08:00:00.000Z', component: { name: 'popvote' } };
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', metadata });
    expect(sbom).not.toHaveProperty('serialNumber');
    expect(productionSbom(root).metadata).not.toHaveProperty('timestamp');
  });
});

describe('Images that others made', () => {
  const files = ['Dockerfile', 'docker-compose.yml', 'deploy/edge/Dockerfile', 'deploy/backup/Dockerfile'];
  const all = [...files, 'deploy/swarm/stack.yml', 'deploy/helm/rehearsal-servers.yaml'];
  const exact = /^[a-z][a-z0-9/-]*:v?\d+\.\d+(\.\d+)?(-[a-z-]+)?(@sha256:[0-9a-f]{64})?$/;
  /** Images of a file, without those of this project and those that an earlier stage made. */
  const foreign = (text: string): string[] =>
    [...text.matchAll(/^(?:ARG NODE_IMAGE=|FROM |\s+image: )(\S+)/gm)]
      .map(([, image = '']) => image)
      .filter((image) => !/^(\$|popvote|scratch$)/.test(image));

  test('Every image that is built from or started has an exact version', () => {
    for (const file of all) {
      const images = foreign(textOf(file));
      expect([file, images.length > 0]).toEqual([file, true]);
      for (const image of images) expect([file, image]).toEqual([file, expect.stringMatching(exact)]);
    }
    for (const loose of ['node:24-bookworm-slim', 'redis', 'redis:latest', 'postgres:18'])
      expect(loose).not.toMatch(exact);
    const { image } = parse(textOf('deploy/helm/popvote/values.yaml')) as { image: Record<string, string> };
    // Without a tag and a digest the chart takes its own version.
    expect(image).toMatchObject({ tag: '', digest: '' });
    // No other file of the deployment starts an image.
    const others = readdirSync(join(root, 'deploy'), { recursive: true, encoding: 'utf8' })
      .map((path) => `deploy/${path}`)
      .filter((path) => /Dockerfile$|\.ya?ml$/.test(path) && !/^deploy\/(test|helm\/popvote)\/|node_modules/.test(path))
      .filter((path) => foreign(textOf(path)).length > 0);
    expect([...others].sort()).toEqual(all.filter((path) => path.startsWith('deploy/')).sort());
  });

  test('The image has the Node of `npm start`', () => {
    const { version } = JSON.parse(textOf('deploy/node24/package.json')) as { version: string };
    expect(textOf('Dockerfile')).toContain(`\nARG NODE_IMAGE=node:${version}-bookworm-slim`);
  });

  test('The script writes the digest of a registry behind every image, or changes nothing', () => {
    const copy = mkdtempSync(join(tmpdir(), 'popvote-pin-'));
    try {
      for (const file of [...all, 'deploy/pin.sh']) {
        mkdirSync(dirname(join(copy, file)), { recursive: true });
        cpSync(join(root, file), join(copy, file));
      }
      const pin = (program: string): number | null => {
        writeFileSync(join(copy, 'docker'), `#!/bin/bash\n${program}\n`);
        chmodSync(join(copy, 'docker'), 0o755);
        const env = { ...process.env, PATH: `${copy}:${process.env['PATH'] ?? ''}` };
        return spawnSync(join(copy, 'deploy/pin.sh'), { env, encoding: 'utf8' }).status;
      };
      const texts = (): string[] => all.map((file) => readFileSync(join(copy, file), 'utf8'));
      // A registry that does not know one of them.
      expect(pin(`[[ $4 != redis:* ]] && echo sha256:${'a'.repeat(64)}`)).not.toBe(0);
      expect(texts()).toEqual(all.map(textOf));
      expect(pin(`echo "$4" | sha256sum | sed 's/^/sha256:/; s/ .*//'`)).toBe(0);
      for (const text of texts())
        for (const image of foreign(text)) expect(image).toMatch(/^[^@]+:[^@]+@sha256:[0-9a-f]{64}$/);
      expect(new Set(texts().flatMap(foreign)).size).toBe(new Set(all.flatMap((file) => foreign(textOf(file)))).size);
      // A second run has nothing to do.
      const first = texts();
      expect(pin('exit 1')).toBe(0);
      expect(texts()).toEqual(first);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});
