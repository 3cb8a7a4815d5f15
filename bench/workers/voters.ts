// A worker that is many voters: see harness/load.ts and harness/arrivals.ts.
import { arrive } from '../harness/arrivals.ts';
import { serveCommands } from '../harness/child.ts';
import { createLoad } from '../harness/load.ts';
import type { Load } from '../harness/load.ts';
import type { Target } from '../harness/voter.ts';

let load: Load | undefined;
let target: Target | undefined;
const started = (): Load => {
  if (!load) throw new Error('configure first');
  return load;
};

serveCommands({
  configure: (options: { target: Target; firstVoter: number }) => {
    target = options.target;
    load = createLoad(options.target, options.firstVoter);
  },
  closed: (options: { voters: number; seconds: number }) => started().closed(options),
  open: (options: { rate: number; seconds: number }) => started().open(options),
  arrive: ({ firstVoter, ...options }: Parameters<typeof arrive>[2] & { firstVoter: number }) => {
    if (!target) throw new Error('configure first');
    return arrive(target, firstVoter, options);
  },
  nextVoter: () => started().nextVoter,
});
