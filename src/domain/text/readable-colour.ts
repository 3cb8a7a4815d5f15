// The colour of an organiser, on which pages write in white: it has to be dark enough to read (WCAG 2.2, 1.4.3).

/** Least contrast of white text on the colour, as a ratio to 1. */
const contrastMin = 4.5;

const colourForm = /^#[0-9a-f]{6}$/i;

/** The light of one channel of 8 bits, from 0 to 1. */
function lightOf(channel: number): number {
  const part = channel / 255;
  return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

/** From 1 (white on white) to 21 (white on black). `colour` is written as #rrggbb. */
function whiteContrast(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => lightOf(Number.parseInt(colour.slice(at, at + 2), 16)));
  return 1.05 / (0.212_6 * red + 0.715_2 * green + 0.072_2 * blue + 0.05);
}

/** Why a text is no colour of an organiser, for the person who wrote it; null where it is one. */
export function colourFault(text: string): string | null {
  if (!colourForm.test(text)) return 'Write a colour as # and six hexadecimal digits, such as #083b73.';
  const contrast = whiteContrast(text);
  if (contrast >= contrastMin) return null;
  // Rounded down: 4.49 must not be shown as enough.
  const ratio = Math.floor(contrast * 10) / 10;
  return `White text on this colour has a contrast of only ${ratio}:1, and ${contrastMin}:1 is needed. Choose a darker colour.`;
}
