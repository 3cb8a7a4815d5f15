// The list of npm packages in the image, as CycloneDX: `node deploy/sbom.ts` in a folder with package-lock.json and
// node_modules prints it. The same packages give the same bytes: npm's random number and the time are left out, or the time is
// SOURCE_DATE_EPOCH. It fails when a production package of the lockfile is not in the list.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Component = { readonly 'bom-ref': string; readonly name: string; readonly version: string; readonly purl: string };
type Dependency = { readonly ref: string; readonly dependsOn: readonly string[] };
export type Sbom = {
  readonly bomFormat: string;
  readonly metadata: { readonly timestamp?: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
};
type LockedPackage = {
  readonly version?: string;
  readonly name?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
};
type Packages = Readonly<Record<string, LockedPackage>>;
type Lockfile = { readonly packages: Packages };

const outputBytesMax = 16 * 1_024 * 1_024;
const jsonOf = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const lockfileOf = (file: string): Lockfile => jsonOf(file) as Lockfile;
const byText = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** Production packages of a lockfile, as `name@version`. A package for other processors is optional. */
export function productionPackages(file: string): readonly { readonly id: string; readonly isOptional: boolean }[] {
  return Object.entries(lockfileOf(file).packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { name, version, optional, devOptional }]) => ({
      id: `${name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version ?? ''}`,
      isOptional: optional === true || devOptional === true,
    }));
}

/** Writes a project without development packages, and without what is not installed here. */
function writeProductionProject(from: string, to: string): void {
  const { devDependencies: _project, ...project } = jsonOf(join(from, 'package.json')) as { devDependencies?: unknown };
  writeFileSync(join(to, 'package.json'), JSON.stringify(project));
  const lockfile = lockfileOf(join(from, 'package-lock.json'));
  // npm writes what it has installed into this file.
  const installed = lockfileOf(join(from, 'node_modules/.package-lock.json')).packages;
  const { devDependencies: _locked, ...root } = lockfile.packages[''] as { devDependencies?: unknown };
  const production = Object.entries(lockfile.packages).filter(([path, { dev }]) => dev !== true && path in installed);
  const packages = { '': root, ...Object.fromEntries(production) };
  writeFileSync(join(to, 'package-lock.json'), JSON.stringify({ ...lockfile, packages }));
}

/**
 * What is installed, without development packages. `seconds` is the time to put into it. npm's own `--omit dev` leaves out
 * packages that both kinds need, so npm gets a project that has none of the others.
 */
export function productionSbom(folder: string, seconds?: string): Sbom {
  const project = mkdtempSync(join(tmpdir(), 'popvote-sbom-'));
  try {
    writeProductionProject(folder, project);
    const words = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
    const settings = { cwd: project, encoding: 'utf8', maxBuffer: outputBytesMax } as const;
    const { status, stdout, stderr } = spawnSync('npm', words, settings);
    if (status !== 0) throw new Error(`npm sbom: ${stderr}`);
    const { serialNumber: _random, ...list } = JSON.parse(stdout) as Sbom & { readonly serialNumber: string };
    const { name } = jsonOf(join(project, 'package.json')) as { name: string };
    // npm takes the name of the folder.
    const component = { ...list.metadata.component, name };
    const { timestamp: _now, ...metadata } = list.metadata;
    const time = seconds ? { timestamp: new Date(Number(seconds) * 1_000).toISOString() } : {};
    const components = [...list.components].sort((one, other) => byText(one['bom-ref'], other['bom-ref']));
    const dependencies = list.dependencies
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: [...dependsOn].sort(byText) }))
      .sort((one, other) => byText(one.ref, other.ref));
    return { ...list, metadata: { ...time, ...metadata, component }, components, dependencies };
  } finally {
    rmSync(project, { recursive: true });
  }
}

/** Production packages that a list does not name. */
export function missingPackages(folder: string, { components }: Sbom): readonly string[] {
  const names = new Set(components.map(({ name, version }) => `${name}@${version}`));
  return productionPackages(join(folder, 'package-lock.json'))
    .filter(({ id, isOptional }) => !isOptional && !names.has(id))
    .map(({ id }) => id);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const sbom = productionSbom(process.cwd(), process.env['SOURCE_DATE_EPOCH']);
  const missing = missingPackages(process.cwd(), sbom);
  if (missing.length > 0) throw new Error(`Not in the list: ${missing.join(', ')}`);
  process.stdout.write(`${JSON.stringify(sbom, null, 2)}\n`);
}
