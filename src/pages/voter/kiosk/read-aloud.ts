// Reads the page aloud in the voter's headphones: each new screen from its title on, what has the focus, each choice as it is
// made, and what is announced. Only with voices of the device itself: another voice would send the text, and so the choices,
// to a service outside.
import { kioskTexts } from '../../public/languages/kiosk-texts.ts';
import { languages } from '../../public/languages/languages.ts';
import type { LanguageTag } from '../../public/languages/languages.ts';
import type { VoterApp } from '../app.ts';
import { spokenControl, spokenScreen } from './spoken-screen.ts';
import type { SpokenText } from './spoken-screen.ts';

export type Reader = {
  /** Starts or stops reading. */
  readonly turn: (app: VoterApp) => void;
  readonly reading: () => boolean;
  readonly read: (app: VoterApp) => void;
  readonly speaks: (language: LanguageTag) => boolean;
  readonly whenVoicesChange: (act: () => void) => void;
  readonly silence: () => void;
};

/** Undefined where the browser has no speech at all. */
export function createReader(): Reader | undefined {
  const speech = (globalThis as { speechSynthesis?: SpeechSynthesis }).speechSynthesis;
  if (!speech) return undefined;
  let current: VoterApp | undefined;
  let on = false;
  const say = createSpeaker(speech, () => (on ? current : undefined));

  const read = (app: VoterApp): void => {
    current = app;
    const main = document.querySelector('main');
    if (main) say(spokenScreen(main, kioskTexts[app.language], langOf(app)), true);
  };
  const readControl = ({ target }: Event): void => {
    const text = current && spokenControl(target, kioskTexts[current.language], langOf(current));
    if (text) say([text], true);
  };
  addEventListener('change', readControl);
  addEventListener('focusin', (event) => {
    if ((event.target as Element).matches(':focus-visible')) readControl(event);
  });
  // The page has one region for what is announced. It is in the document as soon as a screen is.
  const announced = new MutationObserver(([first]) => {
    const { textContent } = first?.target ?? {};
    if (current && textContent) say([{ text: textContent, lang: langOf(current) }], false);
  });
  // A page that is left must not go on speaking to the next voter.
  addEventListener('pagehide', () => speech.cancel());
  return {
    read,
    reading: () => on,
    speaks: (language) => voiceFor(speech, languages[language].lang) !== undefined,
    turn(app) {
      on = !on;
      const region = document.querySelector('.unseen[role="status"]');
      if (region) announced.observe(region, { childList: true });
      if (on) read(app);
      else speech.cancel();
    },
    whenVoicesChange(act) {
      speech.addEventListener('voiceschanged', act);
    },
    silence: () => speech.cancel(),
  };
}

const langOf = ({ language }: VoterApp): string => languages[language].lang;

/** The part of a language tag by which a voice is chosen: a voice of one region reads the texts of another. */
const baseOf = (tag: string): string => tag.toLowerCase().split(/[-_]/)[0] ?? '';

function voiceFor(speech: SpeechSynthesis, lang: string): SpeechSynthesisVoice | undefined {
  const local = speech.getVoices().filter((voice) => voice.localService && baseOf(voice.lang) === baseOf(lang));
  return local.find((voice) => voice.lang.toLowerCase() === lang.toLowerCase()) ?? local[0];
}

/** Says all texts of one event together. `instead` of what is being said, or after it. */
function createSpeaker(speech: SpeechSynthesis, reader: () => VoterApp | undefined) {
  let texts: SpokenText[] = [];
  let announcements: SpokenText[] = [];
  let cancels = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = (): void => {
    const app = reader();
    if (app && cancels) speech.cancel();
    // What is announced comes last, and only if the rest does not say it: it is often on the screen too.
    const rest = announcements.filter(({ text }) => texts.every((other) => other.text !== text));
    let last = '';
    for (const { text, lang } of [...texts, ...rest]) {
      const voice = app && (voiceFor(speech, lang) ?? voiceFor(speech, langOf(app)));
      // Without a voice of its own the browser would choose any, also one of a service outside. A text directly after the
      // same text comes from two events of one control. Further apart they are of two questions, and both are said.
      if (!voice || text === last) continue;
      last = text;
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.voice = voice;
      utterance.lang = voice.lang;
      speech.speak(utterance);
    }
    texts = [];
    announcements = [];
    cancels = false;
  };
  return (more: readonly SpokenText[], instead: boolean): void => {
    if (instead) texts = [...more, ...texts];
    else announcements = [...announcements, ...more];
    cancels ||= instead;
    clearTimeout(timer);
    timer = setTimeout(flush);
  };
}
