// The bounds of the program, read from its sources: every constant of a module whose name says that it is one, with its
// value, its unit and its comment. docs/bounds.md is made of them and of test/support/laws/bound-kinds.ts.
import ts from 'typescript';
import { boundKinds, boundNotes, kindTexts } from './bound-kinds.ts';
import type { BoundKind } from './bound-kinds.ts';
import type { SourceFile } from './source-tree.ts';

export type Bound = {
  /** Path below src. */
  readonly file: string;
  /** The name of the constant, with the field in an object of bounds. */
  readonly name: string;
  readonly value: string;
  readonly unit: string;
  /** What it bounds: the comment, or that of the constant before. */
  readonly what: string;
};

/** The endings by which a constant is a bound and needs an entry. */
const endings = /(?:Max|Min|Ms|Seconds|Minutes|Hours|Days|Bytes)$/;
/** Objects whose fields are bounds. */
const groups = /(?:[bB]ounds|[lL]imits)$/;

/** Every bound in the sources, in the order of files and lines. */
export function readBounds(files: readonly SourceFile[]): readonly Bound[] {
  const sources = files
    .filter(({ path }) => /\.tsx?$/.test(path))
    .map(({ path, text }) => ({
      file: path.replace(/^src\//, ''),
      source: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true),
    }));
  const exported = new Map(sources.flatMap(({ source }) => [...constantsOf(source)]));
  return sources.flatMap(({ file, source }) => boundsOf(file, source, exported));
}

type Values = ReadonlyMap<string, ts.Expression>;

function* constantsOf(source: ts.SourceFile): Generator<[string, ts.Expression]> {
  for (const { declaration } of declarationsOf(source)) {
    if (declaration.initializer) yield [declaration.name.getText(), declaration.initializer];
  }
}

function* declarationsOf(source: ts.SourceFile) {
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const declaration of statement.declarationList.declarations) yield { statement, declaration };
  }
}

function boundsOf(file: string, source: ts.SourceFile, exported: Values): Bound[] {
  const values = new Map([...exported, ...constantsOf(source)]);
  const bounds: Bound[] = [];
  let before = '';
  const add = (name: string, value: ts.Expression, comment: string): void => {
    before = comment || before;
    const fieldName = name.split('.').at(-1) ?? name;
    const number = numberOf(value, values);
    const text = number === null ? value.getText().replace(/\s+/g, ' ') : number.toLocaleString('en');
    bounds.push({ file, name, value: text, unit: unitOf(fieldName, before), what: before });
  };
  for (const { statement, declaration } of declarationsOf(source)) {
    const { initializer } = declaration;
    const name = declaration.name.getText();
    if (!initializer) continue;
    if (groups.test(name) && ts.isObjectLiteralExpression(initializer)) {
      for (const field of initializer.properties) {
        if (ts.isPropertyAssignment(field)) add(`${name}.${field.name.getText()}`, field.initializer, commentOf(field));
      }
    } else if (endings.test(name) && !ts.isArrowFunction(initializer) && declaration.type === undefined) {
      add(name, initializer, commentOf(statement));
    } else {
      before = '';
    }
  }
  return bounds;
}

const commentOf = (node: ts.Node): string =>
  ts
    .getJSDocCommentsAndTags(node)
    .map(({ comment }) => (typeof comment === 'string' ? comment : ''))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();

// The number that an expression of numbers, constants and simple arithmetic has; null for any other.
function numberOf(node: ts.Expression, values: Values, depth = 0): number | null {
  const read = (each: ts.Expression): number => numberOf(each, values, depth + 1) ?? NaN;
  if (depth > 10) return null;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isParenthesizedExpression(node)) return read(node.expression);
  if (ts.isIdentifier(node)) {
    const value = values.get(node.text);
    return value ? numberOf(value, values, depth + 1) : null;
  }
  let result = NaN;
  if (ts.isBinaryExpression(node)) {
    const operation = operations[node.operatorToken.getText()];
    if (operation) result = operation(read(node.left), read(node.right));
  } else if (ts.isCallExpression(node)) {
    const functions: Record<string, (...numbers: number[]) => number> = {
      'Math.min': Math.min,
      'Math.floor': Math.floor,
    };
    result = functions[node.expression.getText()]?.(...node.arguments.map(read)) ?? NaN;
  }
  return Number.isNaN(result) ? null : result;
}
const operations: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '**': (a, b) => a ** b,
};

function unitOf(name: string, comment: string): string {
  const units = [
    [/Ms(?:Max|Min)?$/, 'ms'],
    [/Seconds(?:Max|Min)?$/, 's'],
    [/Minutes(?:Max|Min)?$/, 'min'],
    [/Days(?:Max|Min)?$/, 'days'],
    [/(?:Bytes(?:Max|Min)?|fileSize)$/, 'bytes'],
    [/Characters(?:Max|Min)?$/, 'characters'],
    [/Units(?:Max|Min)?$/, 'UTF-16 units'],
  ] as const;
  const unit = units.find(([pattern]) => pattern.test(name))?.[1];
  if (unit !== undefined) return unit;
  // `rowsMax` counts rows.
  const noun = name.replace(/(?:Max|Min)$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return comment === '' ? noun : noun.trim();
}

/** Bounds without a kind, and kinds without a bound, as `file name`. */
export function unlistedBounds(bounds: readonly Bound[]): readonly string[] {
  const inCode = new Set(bounds.map(keyOf));
  const listed = Object.entries(boundKinds).flatMap(([file, kinds]) =>
    Object.keys(kinds).map((name) => `${file} ${name}`),
  );
  const missing = [...inCode].filter((key) => !listed.includes(key)).map((key) => `not in bound-kinds.ts: ${key}`);
  const stale = listed.filter((key) => !inCode.has(key)).map((key) => `not in src: ${key}`);
  const notes = Object.keys(boundNotes)
    .filter((key) => !inCode.has(key))
    .map((key) => `note of no bound: ${key}`);
  return [...missing, ...stale, ...notes];
}

export const keyOf = ({ file, name }: Pick<Bound, 'file' | 'name'>): string => `${file} ${name}`;
const kindOf = ({ file, name }: Bound): BoundKind => boundKinds[file]?.[name] ?? 'unit';

/** Tests that show what happens beyond a bound, as `file: title`. */
export const namedTests = (): readonly string[] =>
  [...Object.values(boundNotes), ...Object.values(kindTexts)].flatMap(({ test }) => (test === undefined ? [] : [test]));

/** Bounds that no test is named for, by their own note or by their kind. Units are no bounds. */
export const untestedBounds = (bounds: readonly Bound[]): readonly string[] =>
  bounds
    .filter((bound) => kindOf(bound) !== 'unit')
    .filter((bound) => (boundNotes[keyOf(bound)]?.test ?? kindTexts[kindOf(bound)].test) === undefined)
    .map(keyOf);

const areas = [
  ['The platform as a whole', /^(?:domain|protocol)\//],
  ['HTTP, Redis, private calls and other plumbing', /^platform\//],
  ['Databases', /^store\//],
  ...['api', 'sms', 'ballots', 'mixer', 'access', 'elections', 'officials', 'worker', 'panel'].map(
    (service) => [`Service ${service}`, new RegExp(`^services/${service}/`)] as const,
  ),
  ['Pages', /^pages\//],
  ['The verifier', /^verifier\//],
  ['The command and the local platform', /^(?:cli|local)\//],
] as const;

/** The whole of docs/bounds.md. */
export function boundsDocument(bounds: readonly Bound[]): string {
  const kinds = Object.entries(kindTexts)
    .filter(([kind]) => kind !== 'unit')
    .map(([kind, { means, beyond, test }]) => `| ${kind} | ${means} | ${beyond} | ${testCell(test)} |`);
  const sections = areas.flatMap(([title, pattern]) => {
    const rows = bounds.filter((bound) => pattern.test(bound.file) && kindOf(bound) !== 'unit').map(rowOf);
    return rows.length === 0 ? [] : [`## ${title}`, '', ...tableHead, ...rows, ''];
  });
  return [...introduction, ...kinds, '', ...sections].join('\n');
}

const tableHead = ['| bound | value | kind | what it bounds | beyond it | shown by |', '|---|---|---|---|---|---|'];

function rowOf(bound: Bound): string {
  const { file, name, value, unit, what } = bound;
  const kind = kindOf(bound);
  const note = boundNotes[keyOf(bound)];
  const cells = [
    `[${name}](../src/${file})`,
    `${value} ${unit}`,
    kind,
    escaped(what),
    note ? escaped(note.beyond) : `as ${kind}`,
    testCell(note?.test),
  ];
  return `| ${cells.join(' | ')} |`;
}

const escaped = (text: string): string => text.replace(/\|/g, '\\|').replace(/</g, '&lt;');

function testCell(test: string | undefined): string {
  if (test === undefined) return '';
  const [file = '', title = ''] = test.split(/: (.*)/s);
  return `[${escaped(title)}](../test/${file})`;
}

const introduction = [
  '# Bounds',
  '',
  'Generated from the sources by `npx vitest run --project unit test/unit/docs/bounds.test.ts -u`; do not edit it. A test',
  'fails while it is not current, and when a constant that is a bound has no kind in',
  '[bound-kinds.ts](../test/support/laws/bound-kinds.ts).',
  '',
  'A bound is a constant whose name ends in `Max`, `Min`, `Ms`, `Seconds`, `Minutes`, `Hours`, `Days` or `Bytes`, or a field',
  'of an object of bounds. Its kind says what happens beyond it. Where more can be said, or a test of its own shows it, the',
  'bound has its own text.',
  '',
  '| kind | what it is | beyond it | shown by |',
  '|---|---|---|---|',
];
