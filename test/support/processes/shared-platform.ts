// One platform for voters and one browser for all test files of a worker that change nothing but elections of their own: to
// start a service takes most of a second of a processor. They begin with the first such file, and end with the worker.
//
//   sharing.beforeAll(({ platform: shared, browser: engine }) => { … });
//
// A file that ends processes, or changes variables or clocks, starts its own platform (processes.ts). Those that share one
// run last (sharing-last.ts): no platform is idle while others run.
import { test } from 'vitest';
import { launch } from '../pages/browser.ts';
import { startPlatform } from './processes.ts';

const ofWorker = { scope: 'worker' } as const;

export const sharing = test
  .extend('engine', ofWorker, { full: false })
  .extend('browser', ofWorker, async ({ engine }, { onCleanup }) => {
    const browser = await launch(engine);
    onCleanup(() => browser.close());
    return browser;
  })
  .extend('platform', ofWorker, async ({ browser: _first }, { onCleanup }) => {
    const platform = await startPlatform();
    onCleanup(async () => {
      // The databases are the last that it ends, and those of the run may have ended before.
      await platform[Symbol.asyncDispose]().then(undefined, () => undefined);
    });
    return platform;
  });
