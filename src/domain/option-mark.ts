// The colour of an option in every drawing of the public pages and the panel.

const colours = 8;
/** The class for the colour of an option, by its number on the ballot: eight colours, then the same as rings. */
export function optionMark(number: number): string {
  const place = number - 1;
  return `c${(place % colours) + 1}${Math.floor(place / colours) % 2 === 1 ? ' ring' : ''}`;
}
