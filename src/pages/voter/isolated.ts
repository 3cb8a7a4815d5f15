// Numbers and codes in a text, isolated from its direction.
import { numberParts } from '../../domain/text/number-groups.ts';
import { h } from '../shared/dom.ts';

/** A text whose numbers run from left to right. */
export const isolated = (text: string): (Node | string)[] =>
  numberParts(text).map((part, at) => (at % 2 ? h('bdi', { dir: 'ltr' }, part) : part));

/** A code in groups of four, so that people can compare it, and lines can break between groups. */
export const inFours = (code: string): string => code.replace(/.{4}/g, '$& ');
