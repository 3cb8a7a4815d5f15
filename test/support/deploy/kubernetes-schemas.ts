// The JSON schemas of Kubernetes' objects, as kubeconform reads them, from the OpenAPI document in Kubernetes' own Go module:
// one file for each kind and version. Unknown members are rejected.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

type Schema = Record<string, unknown>;
type GroupVersionKind = { readonly group: string; readonly version: string; readonly kind: string };
export type KubernetesApi = { readonly definitions: Readonly<Record<string, Schema>> };

/** The name of the file of a kind, for the option `-schema-location` of kubeconform. */
export const kubernetesSchemaName = '{{.ResourceKind}}{{.KindSuffix}}.json';
const definitionsFile = '_definitions.json';

/** A schema that admits only the members that it names, and a number or a text where Kubernetes takes both. */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value !== 'object' || value === null) return value;
  const members: Schema = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, strict(each)]));
  if ('properties' in members && !('additionalProperties' in members)) members['additionalProperties'] = false;
  if (members['format'] !== 'int-or-string') return members;
  const { type: _type, ...others } = members;
  return { ...others, oneOf: [{ type: 'string' }, { type: 'integer' }] };
}

/** The one kind of the chart that is not Kubernetes' own. */
export const podMonitorFile = join(import.meta.dirname, '../../../deploy/test/pod-monitor-crd.yaml');
type CustomKind = {
  readonly spec: { readonly versions: readonly [{ readonly schema: { readonly openAPIV3Schema: Schema } }] };
};

/** Writes the schemas into a folder, and returns how many kinds it wrote. */
export function writeKubernetesSchemas({ definitions }: KubernetesApi, folder: string): number {
  mkdirSync(folder, { recursive: true });
  const all = strict(definitions) as Record<string, Schema>;
  writeFileSync(join(folder, definitionsFile), JSON.stringify({ definitions: all }));
  const [{ schema: monitor }] = (parse(readFileSync(podMonitorFile, 'utf8')) as CustomKind).spec.versions;
  writeFileSync(join(folder, 'podmonitor-monitoring-v1.json'), JSON.stringify(strict(monitor.openAPIV3Schema)));
  let kinds = 1;
  for (const schema of Object.values(all)) {
    const text = JSON.stringify(schema).replaceAll('"#/definitions/', `"${definitionsFile}#/definitions/`);
    for (const { group, version, kind } of (schema['x-kubernetes-group-version-kind'] ?? []) as GroupVersionKind[]) {
      const own = JSON.parse(text) as { properties?: Record<string, Schema> };
      const apiVersion = group === '' ? version : `${group}/${version}`;
      if (own.properties?.['apiVersion']) own.properties['apiVersion']['enum'] = [apiVersion];
      if (own.properties?.['kind']) own.properties['kind']['enum'] = [kind];
      const name = [kind.toLowerCase(), group.split('.')[0], version].filter(Boolean).join('-');
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(own));
      kinds += 1;
    }
  }
  return kinds;
}
