// Every text of the panel that people read or hear, taken from the sources: JSX texts and attributes, and the strings and
// templates of word tables. An inserted value is shown as "…".
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Where a text is used: as running text, or as the name of a part of the page, such as a heading or an ARIA label. */
type TextUse = 'text' | 'name';

export interface PanelText {
  /** The file below src/pages/panel with its line. */
  readonly place: string;
  readonly text: string;
  readonly use: TextUse;
}

const panel = fileURLToPath(new URL('../../../src/pages/panel/', import.meta.url));

/** Attributes whose values are never read aloud or shown. */
const silentAttributes = new Set(['className', 'class', 'href', 'id', 'key', 'style', 'htmlFor', 'accept', 'd']);
const headingElements = new Set(['h1', 'h2', 'h3', 'h4', 'caption', 'legend', 'th', 'dt', 'summary', 'label']);
const namingAttributes = new Set(['aria-label', 'aria-description', 'title', 'heading', 'label', 'caption', 'legend']);

const tidy = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

/** The text of a template, with "…" for what is inserted. */
const templateText = (node: ts.TemplateExpression): string =>
  node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('');

/** Words for people have a blank between letters or begin with a capital letter; all else is a name inside the program. */
const isWording = (text: string): boolean => /\p{L}.*\s|\s.*\p{L}|^\p{Lu}\p{Ll}/u.test(text);

function childText(child: ts.JsxChild): string {
  if (ts.isJsxText(child)) return tidy(child.text);
  if (!ts.isJsxExpression(child)) return '…';
  if (!child.expression) return '';
  if (ts.isStringLiteralLike(child.expression)) return child.expression.text;
  return ts.isTemplateExpression(child.expression) ? templateText(child.expression) : '…';
}

/** Whether a string is part of the program rather than of a page: an import, a type, a key, a comparison or a silent attribute. */
function isProgram(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isImportDeclaration(parent) || ts.isLiteralTypeNode(parent) || ts.isCaseClause(parent)) return true;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return true;
  if (ts.isBinaryExpression(parent) && /^[!=]==$/.test(parent.operatorToken.getText())) return true;
  // The name of an error class.
  if (ts.isBinaryExpression(parent) && parent.left.getText() === 'this.name') return true;
  if (ts.isNewExpression(parent)) return true;
  for (let above: ts.Node = parent; !ts.isStatement(above); above = above.parent) {
    if (ts.isJsxAttribute(above)) return silentAttributes.has(above.name.getText());
  }
  return false;
}

/** Whether a text is, as a whole, a child of an element: it is read with the rest of the element. */
const isChild = ({ parent }: ts.Node): boolean => ts.isJsxExpression(parent) && ts.isJsxElement(parent.parent);

function useOf(node: ts.Node): TextUse {
  for (let above = node; !ts.isStatement(above) && !ts.isJsxElement(above.parent); above = above.parent) {
    if (ts.isTemplateSpan(above)) return 'text';
    if (ts.isJsxAttribute(above)) return namingAttributes.has(above.name.getText()) ? 'name' : 'text';
    if (ts.isPropertyAssignment(above)) return namingAttributes.has(above.name.getText()) ? 'name' : 'text';
  }
  return 'text';
}

/** The texts of one source, in its order. */
export function textsOfSource(name: string, source: string): PanelText[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const texts: PanelText[] = [];
  const add = (node: ts.Node, text: string, use: TextUse): void => {
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    if (/\p{L}/u.test(text)) texts.push({ place: `${name}:${String(line)}`, text: text.trim(), use });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxElement(node) || ts.isJsxFragment(node)) {
      const heading = ts.isJsxElement(node) && headingElements.has(node.openingElement.tagName.getText(file));
      add(node, node.children.map(childText).join(''), heading ? 'name' : 'text');
    }
    if (ts.isStringLiteralLike(node) && isWording(node.text) && !isProgram(node) && !isChild(node))
      add(node, node.text, useOf(node));
    if (ts.isTemplateExpression(node) && isWording(templateText(node)) && !isProgram(node) && !isChild(node))
      add(node, templateText(node), useOf(node));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return texts;
}

/** Every text of the panel's sources. */
export const panelTexts = (): PanelText[] =>
  readdirSync(panel, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .sort()
    .flatMap((path) => textsOfSource(relative(panel, join(panel, path)), readFileSync(join(panel, path), 'utf8')));
