// The settings of a voter at a polling station's device: size of the text, colours, and reading aloud. They exist only in
// the page, so that the next voter meets the first ones.
import { kioskTexts } from '../../public/languages/kiosk-texts.ts';
import { h } from '../../shared/dom.ts';
import type { VoterApp } from '../app.ts';
import { createReader } from './read-aloud.ts';

/** Sizes of the text, from the smallest. The style sheet has the figures. */
const sizesCount = 4;
/** The first has the colours of all pages. */
const colours = ['standard', 'black-on-white', 'white-on-black', 'yellow-on-black'] as const;

export type KioskSettings = {
  /** Shows the settings above the screen, in the voter's language, and reads the screen if the voter wants that. */
  readonly show: (app: VoterApp) => void;
  /** Whether a voter changed one of them. */
  readonly changed: () => boolean;
  readonly silence: () => void;
};

export function createKioskSettings(headphones: boolean): KioskSettings {
  const root = document.documentElement;
  const reader = headphones ? createReader() : undefined;
  let size = 0;
  let colour = 0;
  let app: VoterApp | undefined;

  const act = (run: (current: VoterApp) => void) => {
    const onclick = (): void => {
      if (app) run(app);
    };
    return h('button', { type: 'button', onclick });
  };
  const resize = (by: number, current: VoterApp): void => {
    size = Math.min(sizesCount - 1, Math.max(0, size + by));
    root.dataset['size'] = String(size);
    label(current);
    current.announce(kioskTexts[current.language].size.replace('{n}', String(size + 1)));
  };
  const smaller = act((current) => resize(-1, current));
  const larger = act((current) => resize(1, current));
  const recolour = act((current) => {
    colour = (colour + 1) % colours.length;
    const name = colours[colour] ?? 'standard';
    root.dataset['colours'] = name;
    current.announce(kioskTexts[current.language][name]);
  });
  const aloud = act((current) => {
    reader?.turn(current);
    label(current);
  });
  const bar = h('section', { class: 'settings' }, smaller, larger, recolour, reader && aloud);

  const label = ({ language }: VoterApp): void => {
    const texts = kioskTexts[language];
    bar.setAttribute('aria-label', texts.settings);
    smaller.textContent = texts.smaller;
    larger.textContent = texts.larger;
    recolour.textContent = texts.colours;
    // They keep the focus at the end of their way.
    smaller.setAttribute('aria-disabled', String(size === 0));
    larger.setAttribute('aria-disabled', String(size === sizesCount - 1));
    aloud.textContent = texts.aloud;
    aloud.setAttribute('aria-pressed', String(reader?.reading() === true));
    aloud.hidden = reader?.speaks(language) !== true;
  };
  // Browsers find their voices after the page is there.
  reader?.whenVoicesChange(() => {
    if (app) label(app);
  });
  return {
    show(current) {
      app = current;
      label(current);
      if (!bar.isConnected) document.querySelector('header')?.after(bar);
      reader?.read(current);
    },
    changed: () => size + colour > 0 || reader?.reading() === true,
    silence: () => reader?.silence(),
  };
}
