// deploy/helm/rehearsal-servers.yaml as it follows from docker-compose.yml: the databases and both Redis for a rehearsal on
// Kubernetes, one pod each, with the images, settings and files of Compose.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { chartFolder } from './chart-settings.ts';
import { composeFile } from './compose-file.ts';
import type { ComposeService } from './compose-file.ts';

/** The secret with the files of all of them. Each pod gets its own file. */
export const serversSecret = 'popvote-servers';
/** The user of the official images of PostgreSQL and of Redis. */
const user = 999;
const head = `# Databases and both Redis for a rehearsal: one pod each, no standby, no backup. Never for a vote that counts. It follows
# from docker-compose.yml; after a change there: npx vitest run --project unit test/unit/deploy/rehearsal-servers.test.ts -u
`;

type Servers = Readonly<
  Record<
    string,
    { readonly port: number; readonly to: readonly [{ readonly podSelector: { readonly matchLabels: object } }] }
  >
>;
const { servers } = parse(readFileSync(join(chartFolder, 'values.yaml'), 'utf8')) as { readonly servers: Servers };

/** Variables by their defaults. */
const plain = (text: string): string => text.replaceAll(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1');
const fileOf = (secret: string): string => composeFile.secrets[secret]!.file.replace('./secrets/', '');

/** The files of the secret, as `kubectl create secret` takes them from the folder of secrets. */
export const serverFiles: readonly string[] = Object.keys(servers).flatMap((name) =>
  composeFile.services[name]!.secrets.map(fileOf),
);

export function rehearsalServers(): string {
  const objects = Object.keys(servers).flatMap((name) => [serviceOfServer(name), serverPods(name)]);
  // Kubernetes reads YAML 1.1, in which a plain `no` is no text.
  const form = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;
  return head + objects.map((object) => stringify(object, form)).join('---\n');
}

// The labels by which the network policies of the chart know the servers.
const labelsOf = (name: string): object => servers[name]!.to[0].podSelector.matchLabels;

const serviceOfServer = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: labelsOf(name), ports: [{ port: servers[name]!.port }] },
});

function serverPods(name: string): object {
  const service = composeFile.services[name]!;
  const volumes = storedFolders(service);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: {
      serviceName: name,
      selector: { matchLabels: labelsOf(name) },
      template: { metadata: { labels: labelsOf(name) }, spec: podOfServer(name, service) },
      ...(volumes.length > 0 && {
        volumeClaimTemplates: volumes.map(([volume]) => ({
          metadata: { name: volume },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
        })),
      }),
    },
  };
}

const storedFolders = ({ volumes }: ComposeService): readonly (readonly [string, string])[] =>
  volumes.map((text): readonly [string, string] => [text.split(':')[0]!, text.split(':')[1]!]);

/** Folders in memory and the file of the secret, with where they are. */
function otherVolumes({ tmpfs, shm_size, secrets }: ComposeService): readonly { mountPath: string; volume: object }[] {
  const folders = tmpfs.map((text) => ({ mountPath: text.split(':')[0]!, volume: { emptyDir: {} } }));
  const shared = { mountPath: '/dev/shm', volume: { emptyDir: { medium: 'Memory', sizeLimit: '256Mi' } } };
  const items = secrets.map((secret) => ({ key: fileOf(secret), path: secret }));
  const secret = { secretName: serversSecret, defaultMode: 0o440, items };
  return [...folders, ...(shm_size === undefined ? [] : [shared]), { mountPath: '/run/secrets', volume: { secret } }];
}

function podOfServer(name: string, service: ComposeService): object {
  const others = otherVolumes(service).map((each, index) => ({ ...each, name: `volume-${index}` }));
  const [kind = '', ...test] = service.healthcheck!.test;
  const command = kind === 'CMD-SHELL' ? ['sh', '-c', ...test] : test;
  const memory = plain(String(service.mem_limit)).replace(/m$/, 'Mi');
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    terminationGracePeriodSeconds: 60,
    containers: [
      {
        name,
        image: service.image,
        args: service.command.map(plain),
        env: Object.entries(service.environment).map(([variable, value]) => ({ name: variable, value })),
        ports: [{ containerPort: servers[name]!.port }],
        readinessProbe: { exec: { command }, periodSeconds: 5, timeoutSeconds: 10 },
        resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          ...storedFolders(service).map(([volume, mountPath]) => ({ name: volume, mountPath })),
          ...others.map(({ name: volume, mountPath }) => ({ name: volume, mountPath })),
        ],
      },
    ],
    volumes: others.map(({ name: volume, volume: source }) => ({ name: volume, ...source })),
  };
}
