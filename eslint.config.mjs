import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Which rooms of src/ a room may import; the map of CONTRIBUTING.md, kept by the linter. */
const ROOMS = {
  record: [],
  dci: ['record'],
  database: ['record', 'config'],
  registry: ['record', 'database'],
  security: ['record', 'database', 'config', 'registry'],
  partners: ['record', 'dci', 'registry', 'security', 'database'],
  sources: ['record', 'dci', 'registry', 'security', 'database'],
  imports: ['record', 'dci', 'registry', 'sources', 'database'],
  graphql: ['record', 'dci', 'registry', 'sources', 'imports', 'partners', 'security', 'database'],
  'mock-registry': [],
};
const EVERY_ROOM = [...Object.keys(ROOMS), 'cli', 'config', 'server', 'main'];

const roomRules = Object.entries(ROOMS).map(([room, allowed]) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: EVERY_ROOM.filter((other) => other !== room && !allowed.includes(other)).map((other) => ({
          regex: `^(\\.\\./)+${other}(/|\\.js$)`,
          message: `src/${room} may import only: ${allowed.join(', ') || 'nothing of ours'}.`,
        })),
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'data/', 'coverage/', 'schema/generated/'] },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: ['test/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
    },
  },
  ...roomRules,
  {
    files: ['**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        Buffer: 'readonly',
        fetch: 'readonly',
      },
      parserOptions: { project: null },
    },
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'no-console': 'off' },
  },
);
