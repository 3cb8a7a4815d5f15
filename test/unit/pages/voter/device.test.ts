// How a browser becomes a polling station's device, and stays one for the next voter.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

type Device = {
  takeDevice(): boolean | undefined;
  deviceOf(electionId: string): string | undefined;
  clearStorages(): void;
};
/** The types of tests have no browser. */
const source = join(import.meta.dirname, '../../../../src/pages/voter/kiosk/device.ts');
const { takeDevice, deviceOf, clearStorages } = (await import(source)) as Device;

const secret = 'A'.repeat(43);
let address: string;

/** As of a browser: its own members are what it stores. */
function newStorage(): Record<string, unknown> {
  const remove = (name: string): boolean => Reflect.deleteProperty(storage, name);
  const storage = Object.create({
    getItem: (name: string) => (Object.hasOwn(storage, name) ? storage[name] : null),
    setItem: (name: string, value: string) => Object.assign(storage, { [name]: value }),
    removeItem: remove,
    clear: () => Object.keys(storage).forEach(remove),
  }) as Record<string, unknown>;
  return storage;
}
function open(at: string): void {
  address = at;
  const { pathname, search, hash } = new URL(at, 'https://vote.example');
  vi.stubGlobal('location', { pathname, search, hash });
}
let local: Record<string, unknown>;
let tab: Record<string, unknown>;

beforeEach(() => {
  local = newStorage();
  tab = newStorage();
  vi.stubGlobal('localStorage', local);
  vi.stubGlobal('sessionStorage', tab);
  vi.stubGlobal('history', { state: null, replaceState: (_state: unknown, _: string, at: string) => open(at) });
});
afterEach(() => vi.unstubAllGlobals());

test('The secret leaves the address at once, and is kept for its election alone', () => {
  open(`/?kiosk=1&election=council#device=${secret}`);
  expect(takeDevice()).toBe(true);
  expect(address).toBe('/?kiosk=1&election=council');
  expect(takeDevice()).toBeUndefined();
  expect([deviceOf('council'), deviceOf('mayor')]).toEqual([secret, undefined]);
  open(`/?kiosk=1&election=mayor#device=${secret.replace(/A/, 'B')}`);
  expect(takeDevice()).toBe(true);
  expect(deviceOf('council')).toBe(secret);
  expect(deviceOf('mayor')).not.toBe(secret);
});

test('The next voter finds the same device, and nothing else of the browser', () => {
  open(`/?kiosk=1&election=council#device=${secret}`);
  takeDevice();
  Object.assign(local, { 'popvote-language': 'en', other: 'x' });
  Object.assign(tab, { 'popvote-vote': '{}' });
  clearStorages();
  expect([Object.keys(local).length, { ...tab }]).toEqual([1, {}]);
  expect(deviceOf('council')).toBe(secret);
});

test('A link that is cut off or names no election enrols nothing, and leaves the address too', () => {
  for (const at of [
    `/?kiosk=1&election=council#device=${secret.slice(1)}`,
    `/?kiosk=1#device=${secret}`,
    '/?kiosk=1&election=council#device=',
  ]) {
    open(at);
    expect(takeDevice(), at).toBe(false);
    expect(address).not.toContain('#');
  }
  open('/?kiosk=1&election=council#question-2');
  expect(takeDevice()).toBeUndefined();
  expect(address).toContain('#question-2');
  expect({ ...local }).toEqual({});
});

test('A browser that stores nothing says so, and is no device', () => {
  const failing = (): never => {
    throw new Error('no storage');
  };
  vi.stubGlobal('localStorage', { getItem: failing, setItem: failing });
  open(`/?kiosk=1&election=council#device=${secret}`);
  expect(takeDevice()).toBe(false);
  expect(address).not.toContain(secret);
  expect(deviceOf('council')).toBeUndefined();
  expect(clearStorages).not.toThrow();
});
