// A worker that is many voters: see harness/load.ts.
import { serveCommands } from '../harness/child.ts';
import { createLoad } from '../harness/load.ts';
import type { Load } from '../harness/load.ts';
import type { Target } from '../harness/voter.ts';

let load: Load | undefined;
const started = (): Load => {
  if (!load) throw new Error('configure first');
  return load;
};

serveCommands({
  configure: (options: { target: Target; firstVoter: number }) => {
    load = createLoad(options.target, options.firstVoter);
  },
  closed: (options: { voters: number; seconds: number }) => started().closed(options),
  open: (options: { rate: number; seconds: number }) => started().open(options),
  nextVoter: () => started().nextVoter,
});
