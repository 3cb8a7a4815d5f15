// The first screen over a slow line and with a slow processor: when it is painted, how much of it moves, and how many bytes it takes.
import type { Watched } from './browser.ts';

/** kbit/s in both directions, and milliseconds before each answer. */
export type Line = { readonly rate: number; readonly latency: number };
export type FirstScreen = { readonly lcp: number; readonly shift: number; readonly bytes: number };

const bytesOfKilobit = 1_000 / 8;
/** How many times slower the processor of an old phone is. */
const slowness = 6;

/** How long after the last change of the page no larger paint comes, in milliseconds: for a first screen that has no paint of its own. */
const paintedMs = 1_000;

/** Notes the largest paint and the layout shift, and writes `painted` to the console with the first screen. */
const watchPaints = (sign: string): string => `
  globalThis.paints = { lcp: 0, shift: 0 };
  new PerformanceObserver((list) => { for (const { value } of list.getEntries()) paints.shift += value; }).observe({ type: 'layout-shift', buffered: true });
  const report = () => { if (document.querySelector(${JSON.stringify(sign)})) console.info('painted'); };
  new PerformanceObserver((list) => {
    paints.lcp = Math.round(list.getEntries().at(-1).startTime);
    report();
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  let timer;
  new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(report, ${paintedMs});
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['hidden'] });`;

/** Opens an address. `sign` is a selector of what only the whole first screen has. */
export async function openOverLine(
  { page, context }: Pick<Watched, 'page' | 'context'>,
  { rate, latency }: Line,
  address: string,
  sign: string,
): Promise<FirstScreen> {
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  const throughput = rate * bytesOfKilobit;
  const line = { offline: false, latency, downloadThroughput: throughput, uploadThroughput: throughput };
  await session.send('Network.emulateNetworkConditions', line);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowness });
  // The page itself tells when it is painted: what a test driver looks with costs a slow processor 0.3 seconds.
  await page.addInitScript(watchPaints(sign));
  const painted = page.waitForEvent('console', (message) => message.text() === 'painted');
  await Promise.all([painted, page.goto(address, { waitUntil: 'commit' })]);
  await page.locator(`${sign}:visible`).waitFor();
  const paints = await page.evaluate<{ lcp: number; shift: number }>('paints');
  return { ...paints, bytes };
}
