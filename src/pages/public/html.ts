// Markup as a value: every piece of a template is escaped unless it is markup itself, so no text of an election or a
// request can become an element or a script. A text cannot be declared as markup.

const markup = Symbol('markup');
/** Markup, which only `html` can create. */
export type Html = { readonly [markup]: string };
export type Piece = Html | string | number | null | undefined | false | readonly Piece[];

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup from a template. Attributes must be quoted in the template. */
export function html(template: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  const text = joined(template.flatMap((own, index) => [own, textOf(pieces[index])]));
  return { [markup]: text };
}

// A template puts a blank after a sentence, where Chinese has none.
function joined(parts: readonly string[]): string {
  let text = '';
  let last = '';
  for (const part of parts) {
    if (part === '') continue;
    text += last.endsWith('。') ? part.replace(/^ (?!\s)/, '') : part;
    last = part;
  }
  return text;
}

export function markupText(value: Html): string {
  return value[markup];
}

function textOf(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return '';
  if (typeof piece === 'string') return piece.replace(/[&<>"']/g, (character) => escapes[character] ?? '');
  if (typeof piece === 'number') return String(piece);
  if (markup in piece) return piece[markup];
  return joined(piece.map(textOf));
}
