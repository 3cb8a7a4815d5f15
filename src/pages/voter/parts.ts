// Parts of the script that only some voters load. The page names their files (voter.html). What a voter needs after the cast is
// loaded before it, so that no answer comes that the page cannot check or show.
import { jitterMs, pause } from '../shared/pauses.ts';

type Parts = {
  readonly logCheck: typeof import('./log-check.ts');
  readonly kiosk: typeof import('./kiosk/kiosk.ts');
  readonly qr: typeof import('../shared/qr.ts');
  readonly secondElement: typeof import('../../domain/roll/second-element.ts');
};
type PartName = keyof Parts;

/** Pause between two tries, in milliseconds: the first and the longest. */
const pauseMsFirst = 500;
const pauseMsMax = 10_000;

const loading = new Map<PartName, Promise<unknown>>();
let failed = 0;

/** One try. Browsers keep the failure of a module for the lifetime of the page, so the next try has another address. */
export function tryPart<Name extends PartName>(name: Name): Promise<Parts[Name]> {
  const address = `${document.documentElement.dataset[name] ?? ''}?${failed}`;
  const part =
    loading.get(name) ??
    import(/* @vite-ignore */ address).catch((error: unknown) => {
      failed += 1;
      loading.delete(name);
      throw error;
    });
  loading.set(name, part);
  return part as Promise<Parts[Name]>;
}

/** Tries until the part is loaded. */
export async function loadPart<Name extends PartName>(
  name: Name,
  report: () => void = () => undefined,
): Promise<Parts[Name]> {
  for (let failures = 1; ; failures += 1) {
    const part = await tryPart(name).catch(report);
    if (part) return part;
    await pause(jitterMs(failures, pauseMsFirst, pauseMsMax));
  }
}
