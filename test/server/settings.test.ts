import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SETTING_NAMES } from '../../src/config.js';
import { INTERNAL_SCOPES, PARTNER_SCOPES } from '../../src/security/scopes.js';

const PROJECT = join(import.meta.dirname, '../..');
const README = readFileSync(join(PROJECT, 'README.md'), 'utf8');

/** What stands as code in the first cells of the table under a heading. */
function firstCells(heading: string): string[] {
  const section = README.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const cells = section.split('\n').flatMap((line) => (line.startsWith('| ') ? [line.split('|')[1] ?? ''] : []));
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`/]+)`/gu)].map((match) => match[1] ?? ''));
}

describe('the README', () => {
  test('names every setting, and none that there is not', () => {
    const named = firstCells('Settings').filter((name) => /^[A-Z_]+$/u.test(name));
    expect(named.toSorted()).toEqual([...SETTING_NAMES].toSorted());
  });

  test('says of every scope what it opens', () => {
    expect(firstCells('Who may do what').toSorted()).toEqual([...PARTNER_SCOPES, ...INTERNAL_SCOPES].toSorted());
  });
});

test('every promise of SECURITY.md names a test that there is', () => {
  const promises = readFileSync(join(PROJECT, 'SECURITY.md'), 'utf8').split('\n');
  const named = promises.flatMap((line) => {
    // A name without a folder is in that of the one before it.
    let folder = '';
    return [...line.matchAll(/`([\w/-]+\.test\.ts)`/gu)].map(([, path = '']) => {
      folder = path.includes('/') ? dirname(path) : folder;
      return path.includes('/') ? path : join(folder, path);
    });
  });
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
});
