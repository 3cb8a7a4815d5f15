// The source tree as the laws of architecture.test.ts see it: who imports whom, and the text of each file.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import ts from 'typescript';
import type { ICruiseResult, IForbiddenRuleType } from 'dependency-cruiser';

export type SourceFile = { readonly path: string; readonly text: string };

/** Files below a folder of a root, by their path from the root. */
export function sourceFiles(root: string, folder = 'src'): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(root.length + 1), text: readFileSync(path, 'utf8') }));
}

/** The text without its comments, well enough to search code in it. */
export function codeOf({ text }: SourceFile): string {
  return text.replace(/\/\*[^]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** Names that modules export, each with the files that define it. Type and value of one name in one file are one. */
export function exportedNames(files: readonly SourceFile[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  const add = (name: string, path: string): void => {
    const paths = names.get(name) ?? [];
    if (!paths.includes(path)) names.set(name, [...paths, path]);
  };
  for (const { path, text } of files.filter((file) => /\.tsx?$/.test(file.path))) {
    const kind = path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    for (const statement of ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind).statements) {
      const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
      if (!modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)) continue;
      if (ts.isVariableStatement(statement)) {
        for (const { name } of statement.declarationList.declarations) if (ts.isIdentifier(name)) add(name.text, path);
      } else if (
        ts.isFunctionDeclaration(statement) ||
        ts.isClassDeclaration(statement) ||
        ts.isTypeAliasDeclaration(statement) ||
        ts.isInterfaceDeclaration(statement)
      ) {
        if (statement.name) add(statement.name.text, path);
      }
    }
  }
  return names;
}

export type Imports = {
  /** Paths of the modules that were read. */
  readonly modules: readonly string[];
  /** Broken rules: for each, by name, `who -> whom`. */
  readonly violations: ReadonlyMap<string, readonly string[]>;
};

/** Reads all imports below `src` and of the unit tests, of types too, and holds them to the rules. */
export async function importsOf(root: string, forbidden: IForbiddenRuleType[]): Promise<Imports> {
  const { output } = await cruise(['src', 'test/unit'], {
    baseDir: root,
    validate: true,
    ruleSet: { forbidden },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    preserveSymlinks: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'] },
  });
  const { modules, summary } = output as ICruiseResult;
  const violations = new Map<string, string[]>();
  for (const { rule, from, to } of summary.violations) {
    violations.set(rule.name, [...(violations.get(rule.name) ?? []), `${from} -> ${to}`]);
  }
  return { modules: modules.map(({ source }) => source).filter((source) => source.startsWith('src/')), violations };
}
