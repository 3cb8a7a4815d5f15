// What a polling station's device says of a screen, and of what is announced on it.
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';

type SpokenText = { readonly text: string; readonly lang: string };
type Reader = { readonly turn: (app: object) => void; readonly read: (app: object) => void };

let screen: SpokenText[];
// This file's modules are its own: others of the worker have the real ones.
vi.hoisted(() => vi.resetModules());
vi.mock('../../../../src/pages/voter/kiosk/spoken-screen.ts', () => ({
  spokenScreen: () => screen,
  spokenControl: (control: SpokenText) => control,
}));

/** The types of tests have no browser. */
const source = join(import.meta.dirname, '../../../../src/pages/voter/kiosk/read-aloud.ts');
const { createReader } = (await import(source)) as { createReader: () => Reader };

afterAll(() => {
  vi.doUnmock('../../../../src/pages/voter/kiosk/spoken-screen.ts');
  vi.resetModules();
});

let sayings: string[];
let listeners: Map<string, (event: object) => void>;
let announce: (text: string) => void;
beforeEach(() => {
  vi.useFakeTimers();
  sayings = [];
  listeners = new Map();
  class Utterance {
    readonly text: string;
    constructor(text: string) {
      this.text = text;
    }
  }
  class Observer {
    constructor(report: (changes: readonly object[]) => void) {
      announce = (textContent) => report([{ target: { textContent } }]);
    }
    observe(): void {
      // The test announces by itself.
    }
  }
  vi.stubGlobal('SpeechSynthesisUtterance', Utterance);
  vi.stubGlobal('MutationObserver', Observer);
  vi.stubGlobal('document', { querySelector: () => ({}) });
  vi.stubGlobal('addEventListener', (name: string, act: (event: object) => void) => listeners.set(name, act));
  vi.stubGlobal('speechSynthesis', {
    getVoices: () => [{ lang: 'en-GB', localService: true }],
    cancel: () => (sayings = []),
    speak: ({ text }: Utterance) => sayings.push(text),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const app = { language: 'en' };
const textsOf = (...texts: readonly string[]): SpokenText[] => texts.map((text) => ({ text, lang: 'en' }));
function readingOf(...texts: readonly string[]): void {
  screen = textsOf(...texts);
  createReader().turn(app);
}

test('Two questions with the same choices and answers are both read to their end', () => {
  const ballot = ['Question 1', 'Yes: not chosen', 'No: not chosen', 'Question 2', 'Yes: not chosen', 'No: not chosen'];
  readingOf(...ballot);
  vi.runAllTimers();
  expect(sayings).toEqual(ballot);
});

test('A choice with two events is said once, and so is what is announced and on the screen', () => {
  readingOf('Text us your code', 'Waiting for your text.', 'Back');
  announce('Waiting for your text.');
  announce('Text size 2 of 4');
  vi.runAllTimers();
  expect(sayings).toEqual(['Text us your code', 'Waiting for your text.', 'Back', 'Text size 2 of 4']);
  const [target] = textsOf('Yes: chosen');
  for (const act of [1, 2]) listeners.get('change')?.({ target, act });
  announce('You chose 1.');
  vi.runAllTimers();
  expect(sayings).toEqual(['Yes: chosen', 'You chose 1.']);
});
