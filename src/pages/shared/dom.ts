// Elements from a function, and never from markup in a string: no text of an election or a server can become script.
type Attribute = string | number | boolean | undefined | ((event: Event) => void);
export type Child = Node | string | false | null | undefined;

/** An element. Functions become listeners (`onclick`), `true` an empty attribute; false and undefined omit it. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? '' : (value as string));
  }
  element.append(...present(children));
  return element;
}

/** The children that there are. */
export const present = (children: readonly Child[]): (Node | string)[] => children.filter(Boolean) as (Node | string)[];

/** A button of one of the page's two kinds. */
export function button(text: string, onclick: () => void, kind: 'primary' | 'secondary' = 'secondary') {
  return h('button', { type: 'button', class: kind, onclick }, text);
}

/** Text for screen readers only. */
export const unseen = (text: string): HTMLSpanElement => h('span', { class: 'unseen' }, text);
