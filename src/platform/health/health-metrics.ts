// What operators watch of every process: whether it is ready and why not, whether it is ending, and which program it is.
import { Gauge } from '../metrics.ts';
import type { Metrics } from '../metrics.ts';
import type { ProcessLifecycle } from './lifecycle.ts';

const readyName = 'popvote_ready';
/** The label of what /readyz answers, beside those of its checks. */
const allChecks = 'readyz';

type Parts = {
  /** Runs the checks, as /readyz does. */
  readonly examine: () => Promise<{
    readonly ready: boolean;
    readonly checks: readonly { readonly name: string; readonly state: 'ok' | 'failed' }[];
  }>;
  readonly lifecycle: ProcessLifecycle;
  readonly version: { readonly version: string; readonly node: string };
};

/** Applications of one process share a registry: the first one registers. */
export function registerHealthMetrics(registry: Metrics, { examine, lifecycle, version }: Parts): void {
  if (registry.getSingleMetric(readyName)) return;
  const registers = [registry];
  new Gauge({
    name: readyName,
    help: 'Checks of /readyz: 1 if it is ok, 0 if it failed. check="readyz" is what /readyz answers.',
    labelNames: ['check'],
    registers,
    async collect() {
      const { ready, checks } = await examine();
      this.reset();
      for (const { name, state } of checks) this.set({ check: name }, state === 'ok' ? 1 : 0);
      this.set({ check: allChecks }, ready ? 1 : 0);
    },
  });
  new Gauge({
    name: 'popvote_draining',
    help: '1 from SIGTERM to the end of the process.',
    registers,
    collect() {
      this.set(lifecycle.phase === 'serving' ? 0 : 1);
    },
  });
  const build = new Gauge({
    name: 'popvote_build_info',
    help: 'The version of the program and of Node.',
    labelNames: ['version', 'node'],
    registers,
  });
  build.set(version, 1);
}
