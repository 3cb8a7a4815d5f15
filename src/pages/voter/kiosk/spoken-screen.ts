// What is read aloud of a screen: the texts that a reader sees, in their order, each in its language. Never what a voter
// typed: an identity number is nothing to say aloud.
import type { LanguageTexts } from '../../public/languages/language-texts.ts';

export type SpokenText = { readonly text: string; readonly lang: string };
type Words = Pick<LanguageTexts['kiosk'], 'isChosen' | 'isNotChosen'>;

/** The elements that are read as one sentence. A container of another one is read by its parts. */
const sentences = 'h1, h2, h3, p, li, dt, dd, label, summary, button, a.button';

export function spokenScreen(main: HTMLElement, words: Words, lang: string): SpokenText[] {
  return [...main.querySelectorAll<HTMLElement>(sentences)]
    .filter((element) => isVisible(element) && !element.querySelector(sentences))
    .map((element) => spokenElement(element, words, lang))
    .filter(({ text }) => text !== '');
}

/** A button, or a field with its label. Null for everything else. */
export function spokenControl(target: EventTarget | null, words: Words, lang: string): SpokenText | null {
  const label = target instanceof HTMLInputElement ? target.labels?.[0] : null;
  const element = label ?? target;
  const isControl = label || (target instanceof HTMLElement && target.matches('button, a, summary'));
  return isControl && element instanceof HTMLElement ? spokenElement(element, words, lang) : null;
}

function spokenElement(element: HTMLElement, words: Words, lang: string): SpokenText {
  const input = element instanceof HTMLLabelElement ? element.control : null;
  const state =
    input instanceof HTMLInputElement && isChoice(input) && (input.checked ? words.isChosen : words.isNotChosen);
  const text = textOf(element).replaceAll(/\s+/g, ' ').trim();
  const own = element.closest<HTMLElement>('main [lang]') ?? element.querySelector<HTMLElement>('[lang]');
  return { text: state ? `${text}: ${state}` : text, lang: own?.lang ?? lang };
}

const isChoice = ({ type }: HTMLInputElement): boolean => type === 'radio' || type === 'checkbox';

/** The text without what is only for the eye, such as a code in groups: beside it is the same for the ear. */
function textOf(element: Element): string {
  return [...element.childNodes]
    .map((node) => {
      if (!(node instanceof Element)) return node.textContent ?? '';
      if (node.getAttribute('aria-hidden') === 'true' || (node as HTMLElement).hidden) return '';
      return node instanceof HTMLBRElement ? ' ' : textOf(node);
    })
    .join('');
}

function isVisible(element: HTMLElement): boolean {
  return !element.closest('[hidden], [aria-hidden="true"], details:not([open]) > :not(summary)');
}
