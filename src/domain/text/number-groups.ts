// Numbers and codes run from left to right in every language. In a text that runs from right to left their groups would
// change places unless a page isolates them.

// Groups of digits with the signs between them, such as +852 5555 0123, A123456(3) or 31/12/1980.
const groups = /([+(]?[A-Z]*\d(?:(?:[\d()/:.+-]| (?=\d))*[\d)])?)/;

/** The parts of a text: each second one is a number. */
export const numberParts = (text: string): readonly string[] => text.split(groups);
