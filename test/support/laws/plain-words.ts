// The words that the project does not use, with the plain word for each: in code, comments, texts, test titles and
// documents. Run by itself, it lists every use: `npx tsx test/support/laws/plain-words.ts [path…]`.
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

type PlainWord = { readonly pattern: RegExp; readonly instead: string };
const word = (pattern: string, instead: string): PlainWord => ({
  pattern: new RegExp(`\\b(?:${pattern})\\b`, 'gi'),
  instead,
});

/** Words of an old dialect and terms that are not the field's. */
export const unplainWords: readonly PlainWord[] = [
  word('mend(?:s|ed|ing)?', 'fix, correct'),
  word('whoever|whosoever|whomever', 'anyone who, or name the person'),
  word('anew', 'again'),
  word('told', 'reported, notified, informed'),
  word('for good', 'permanently'),
  word('stands?|stood', 'is, is stored, is shown, status'),
  word('away', 'unavailable, down; or leave it out'),
  word('puts? out|putting out|putOut', 'publish'),
  word('tend(?:s|ed|ing)?', 'maintain'),
  word('houses?', 'chamber; the project'),
  word('twins?', 'mirror, counterpart'),
  word('editions?', 'definition version'),
  word('sets? apart|setting apart', 'dead-lettered'),
  word('sets? aside|setting aside', 'accepted incomplete'),
  word('keys? of the hour', 'hourly key'),
  word('refusals?', 'rejection, error'),
  word('sent codes?', 'one-time code'),
  word('on record', 'audited, recorded in the audit log'),
  word('lest|hither|thereof|therein|thereby|ere|nay|yonder', 'plain English'),
  word('nobody', 'no one, none; or turn the sentence around'),
  word('Redises', 'Redis instances'),
  word('has a right to it|of old|be it', 'plain English'),
];

/** Contract names, which stay: columns that migrations created and the SQL that reads them, API fields, alarm names. */
const contractNames: readonly RegExp[] = [
  /\b(?:row|e|v_election|p|o)\.edition\b|\bp_edition\b|\bedition: (?:number|\d)|\bselect edition,|0006-editions/g,
  /\b(?:ballots|box|control-redis|edge-redis|redis)[-.]away\b|redis\\.away|House of Representatives|["']nobody["']/g,
];

export type WordFault = {
  readonly path: string;
  readonly line: number;
  readonly found: string;
  readonly instead: string;
};

export function wordFaults(path: string, text: string): WordFault[] {
  const cleaned = contractNames.reduce(
    (rest, pattern) => rest.replace(pattern, (match) => ' '.repeat(match.length)),
    text,
  );
  const searched = path.endsWith('.sql') ? sqlComments(cleaned) : path.endsWith('.md') ? prose(cleaned) : cleaned;
  return unplainWords.flatMap(({ pattern, instead }) =>
    [...searched.matchAll(pattern)].map((match) => ({
      path,
      line: searched.slice(0, match.index).split('\n').length,
      found: match[0],
      instead,
    })),
  );
}

// Migrations never change, so only their comments are held to the list.
const sqlComments = (text: string): string =>
  text
    .split('\n')
    .map((line) => (line.includes('--') ? line.slice(line.indexOf('--')) : ''))
    .join('\n');

// Code in documents has the names of contracts.
const blank = (match: string): string => match.replaceAll(/[^\n]/g, ' ');
const prose = (text: string): string =>
  text
    .replaceAll(/```[^]*?```/g, blank)
    .replaceAll(/`[^`\n]*`/g, blank)
    .replaceAll(/\]\([^)]*\)/g, blank);

/** Past participles and past tenses, which say what happened to a thing and not what it is. */
export const participleNames: ReadonlySet<string> = new Set(
  (
    'shown found told known said given taken made kept held seen sent asked wanted meant left gone written begun ' +
    'drawn chosen thrown lost brought caught felt got heard laid led lent sought spent taught thought understood won ' +
    'broken driven forgotten hidden stolen tried named'
  ).split(' '),
);

/** Names of constants, variables, parameters and functions that are participles, with their lines. */
export function participleFaults(path: string, text: string): WordFault[] {
  const kind = path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
  const faults: WordFault[] = [];
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node);
    if (declares && node.name && ts.isIdentifier(node.name) && participleNames.has(node.name.text)) {
      const line = source.getLineAndCharacterOfPosition(node.name.getStart()).line + 1;
      faults.push({ path, line, found: `name ${node.name.text}`, instead: 'a noun' });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return faults;
}

const listsOfWords = new RegExp(
  '^(?:test/support/laws/plain-words\\.ts|test/unit/(?:plain-english|test-titles|pages/panel/panel-english)\\.test\\.ts|docs/plain-words\\.md)$',
);

/** Files whose words are checked. The lists of words themselves, and the tests of them, are not. */
export function wordedFiles(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .trim()
    .split('\n')
    .filter((path) => /\.(?:tsx?|css|html|sql|js|md|ya?ml|sh)$|^\.ci\/|Dockerfile$/.test(path))
    .filter((path) => !listsOfWords.test(path));
}

if (pathToFileURL(process.argv[1] ?? '').href === import.meta.url) {
  const root = join(import.meta.dirname, '../../..');
  const prefixes = process.argv.slice(2);
  const faults = wordedFiles(root)
    .filter((path) => prefixes.length === 0 || prefixes.some((prefix) => path.startsWith(prefix)))
    .flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return [...wordFaults(path, text), ...(/\.tsx?$/.test(path) ? participleFaults(path, text) : [])];
    });
  for (const fault of faults) console.log(`${fault.path}:${fault.line}  ${fault.found}  (say: ${fault.instead})`);
  console.log(`${faults.length} places`);
}
