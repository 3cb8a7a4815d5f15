// The linter's laws: types are trusted only when checked, functions fit a screen, the environment is read in one place.
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const defaultExport = { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' };
/** One member and one declaration a line: no literal is spread or destructured to save lines. */
const packing = [
  { selector: 'SpreadElement > ObjectExpression', message: 'Write the members of a literal; do not spread a literal.' },
  {
    selector: ':matches(SpreadElement > ArrayExpression, SpreadElement > TSAsExpression > ArrayExpression)',
    message: 'Write the elements of a literal; do not spread a literal.',
  },
  {
    selector: 'VariableDeclarator[id.type=ArrayPattern][init.type=ArrayExpression]',
    message: 'Declare each constant by itself.',
  },
];

/** A page is looked at until it shows what is expected: it may still be drawn, or another process may still work. */
const hastyLook = {
  selector:
    "MemberExpression[property.name!='not'] > CallExpression.object[callee.name='expect'] > AwaitExpression > " +
    'CallExpression[callee.property.name=/^(count|isVisible|inputValue|innerText|textContent|all(InnerTexts|TextContents))$/]',
  message: 'Look at a page with expect.poll, or wait for an element.',
};

export default defineConfig(
  { ignores: ['dist/', '.popvote/', 'bench/k6/', 'coverage/', 'test/**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', 'vitest.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/only-throw-error': 'error',
      // Factories return closures, which have no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      'max-lines-per-function': ['error', { max: 70, skipComments: true, skipBlankLines: true }],
      'no-restricted-syntax': [
        'error',
        defaultExport,
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'The environment is read only in cli/main.ts, and passed down as a value.',
        },
        ...packing,
      ],
    },
  },
  // Fastify's plugins are asynchronous, also where one only declares routes.
  { files: ['src/services/*/routes/*.ts'], rules: { '@typescript-eslint/require-await': 'off' } },
  { files: ['src/cli/main.ts'], rules: { 'no-restricted-syntax': ['error', defaultExport, ...packing] } },
  {
    files: ['test/**', 'bench/**', 'deploy/**', '*.config.js', '*.config.ts', 'vitest.config.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-syntax': ['error', ...packing],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['test/pages/**', 'test/journeys/**', 'test/support/pages/**'],
    rules: { 'no-restricted-syntax': ['error', ...packing, hastyLook] },
  },
);
