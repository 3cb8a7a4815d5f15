// Commands of runbooks for machines and clusters, which the tests cannot run as they are: what they name has to exist.
import { readFileSync } from 'node:fs';
import { swarmZones } from './swarm-stack.ts';
import { wordsOf } from './runbooks.ts';

const rootUrl = new URL('../../../', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, rootUrl), 'utf8');

/** `runs`: what runs it; null: nothing does, for want of machines. `fault`: why it is wrong, or null. */
type MachineCommand = { readonly runs: string | null; readonly fault?: (words: readonly string[]) => string | null };

/** By how they begin. */
export const machineCommands: Readonly<Record<string, MachineCommand>> = {
  'df -h': { runs: 'deploy/test/checks.ts' },
  'docker system df': { runs: 'deploy/test/checks.ts' },
  'docker volume rm popvote_epoch-keys': { runs: 'deploy/test/lost-disk.ts' },
  'docker node ls': { runs: 'deploy/swarm/start.sh' },
  'docker node update --label-add': { runs: 'deploy/swarm/start.sh', fault: labelFault },
  'docker node update --label-rm': { runs: null, fault: labelFault },
  'docker service ls': { runs: 'deploy/test/swarm.ts' },
  'docker swarm init --advertise-addr ADDRESS': { runs: 'deploy/swarm/start.sh' },
  'docker swarm init --force-new-cluster --advertise-addr ADDRESS': { runs: null },
  'docker swarm leave --force': { runs: null },
  'install -d -o 10001 -g 10001 -m 700': { runs: null, fault: foldersFault },
  'deploy/swarm/start.sh secrets': { runs: 'deploy/test/swarm.ts' },
  'deploy/helm/secrets.sh secrets': { runs: 'test/unit/deploy/helm.test.ts' },
  'docker buildx imagetools inspect': { runs: null },
  'helm repo add prometheus-community https://prometheus-community.github.io/helm-charts': { runs: null },
  'helm uninstall popvote': { runs: null },
  'helm install adapter prometheus-community/prometheus-adapter': { runs: null },
  'kubectl apply -f deploy/helm/rehearsal-servers.yaml': { runs: null },
  'kubectl config set-context --current --namespace=votes': { runs: null },
  'kubectl create namespace votes': { runs: null },
  'kubectl create secret generic popvote-servers': { runs: 'test/support/deploy/rehearsal-servers.ts' },
  'kubectl delete namespace votes': { runs: null },
  'kubectl get hpa api': { runs: null },
  'kubectl get nodes -L topology.kubernetes.io/zone': { runs: null },
  'kubectl get pods': { runs: null },
  'kubectl get --raw /apis/custom.metrics.k8s.io/v1beta1/namespaces/votes/pods/*/popvote_waiters': { runs: null },
  'kubectl label namespace votes pod-security.kubernetes.io/enforce=restricted': { runs: null },
  'kubectl rollout restart': { runs: null, fault: rolloutFault },
  'mkdir -m 700 secrets': { runs: null },
  "(printf 'apiVersion: monitoring.coreos.com/v1\\nkind: PrometheusRule\\nmetadata: {": { runs: null },
};

/** Why such a command is not accepted, or null; undefined: it is none of these. */
export function machineFault(command: string): string | null | undefined {
  const [, rule] =
    Object.entries(machineCommands).find(([start]) => command === start || command.startsWith(`${start} `)) ?? [];
  return rule === undefined ? undefined : (rule.fault?.(wordsOf(command)) ?? null);
}

function labelFault(words: readonly string[]): string | null {
  const labels = words.flatMap((word, index) => (word.startsWith('--label-') ? [words[index + 1] ?? ''] : []));
  const wrong = labels.find((label) => !Object.keys(swarmZones).includes(label.replace(/^popvote\.|=true$/g, '')));
  if (wrong !== undefined) return `${wrong} is no label of start.sh`;
  return words.length === 3 + 2 * labels.length + 1 ? null : 'names no machine, or more than one';
}

/** The folders for the second copies of keys, with the user of the image. */
function foldersFault(words: readonly string[]): string | null {
  const [, parent = '', names = ''] = /^(.*)\/\{(.*)\}$/.exec(words.at(-1) ?? '') ?? [];
  const mounted = [...textOf('deploy/second-disk.yml').matchAll(/folder on another disk\}\/([a-z-]+):/g)];
  const needed = mounted.map(([, name = '']) => name).sort();
  if (!textOf('Dockerfile').includes(`\nUSER ${words[3]}`)) return `the image has no user ${words[3]}`;
  return parent !== '' && names.split(',').sort().join() === needed.join()
    ? null
    : `needs the folders ${needed.join()}`;
}

function rolloutFault(words: readonly string[]): string | null {
  const [, , , kinds = '', flag, selector = ''] = words;
  const templates = textOf('deploy/helm/popvote/templates/deployments.yaml').toLowerCase();
  const unknown = kinds.split(',').find((kind) => !new RegExp(`kind: .*\\b${kind}\\b`).test(templates));
  if (unknown !== undefined) return `the chart has no ${unknown}`;
  const labels = textOf('deploy/helm/popvote/templates/_names.tpl');
  return flag === '-l' && labels.split(/\s*\n\s*/).includes(selector.replace('=', ': '))
    ? null
    : `no pod has the label ${selector}`;
}
