// A title inside a sentence. It has a file of its own, because voters load titles and no sentences about them.

const rightToLeft =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|\p{Script=Adlam}|\p{Script=Hanifi_Rohingya}|\p{Script=Mende_Kikakui}/u;

/** A title in a sentence of this direction: isolated if its own is the other one, so that it does not change the sentence. */
export const titleInSentence = (text: string, dir: 'ltr' | 'rtl'): string =>
  rightToLeft.test(text) === (dir === 'rtl') ? text : `\u2068${text}\u2069`;
