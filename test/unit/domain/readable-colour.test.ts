// The colour of an organiser: white text on it can be read, or the author learns why not.
import { expect, test } from 'vitest';
import { colourFault } from '../../../src/domain/text/readable-colour.ts';

test.each(['#083b73', '#000000', '#0A7A3C', '#767676', '#c00000'])(
  'White text can be read on the colour %s',
  (colour) => {
    expect(colourFault(colour)).toBeNull();
  },
);

// The contrasts are those of the W3C: #767676 is the lightest grey with 4.5:1, and #777777 has 4.48:1.
test.each([
  ['#777777', '4.4:1'],
  ['#ffcc00', '1.5:1'],
  ['#ffffff', '1:1'],
  ['#ff0000', '3.9:1'],
])('White text on the colour %s has a contrast of only %s', (colour, contrast) => {
  expect(colourFault(colour)).toContain(`only ${contrast}`);
});

test.each(['', '083b73', '#083b7', '#083b733', 'red', '#083b7g', 'url(x)', '#083b73;x', ' #083b73'])(
  'The text %j is refused with the form of a colour',
  (text) => {
    expect(colourFault(text)).toBe('Write a colour as # and six hexadecimal digits, such as #083b73.');
  },
);
