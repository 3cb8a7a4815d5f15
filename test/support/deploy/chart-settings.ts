// Settings of an operator with which the chart is read by other programs, as words for Helm.
import { join } from 'node:path';

export const chartFolder = join(import.meta.dirname, '../../../deploy/helm/popvote');
/** The release of Kubernetes whose objects they are compared with. */
export const kubernetesVersion = '1.34.2';

export const chartSettings: Readonly<Record<string, readonly string[]>> = {
  'values.yaml': [],
  'values-university.yaml': ['-f', join(chartFolder, 'values-university.yaml')],
  'values-national.yaml': ['-f', join(chartFolder, 'values-national.yaml')],
  'every option': [
    '-f',
    join(chartFolder, 'values-national.yaml'),
    '--set',
    [
      'ingress.enabled=true',
      'ingress.annotations.example=yes',
      'imagePullSecrets[0].name=registry',
      `image.digest=sha256:${'0'.repeat(64)}`,
      'services.log.folders.public-logs.storageClassName=fast',
      'monitoring.podMonitor.enabled=true',
      'monitoring.podMonitor.labels.release=prometheus',
      'monitoring.adapterRules.enabled=true',
    ].join(','),
  ],
};
