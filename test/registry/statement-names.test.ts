import { StatementNames } from '../../src/registry/queries/statement-names.js';

test('a text is named when it comes again, always by the same name', () => {
  const names = new StatementNames();
  expect(names.of('a')).toEqual({});
  const { name } = names.of('a');
  expect(name).toMatch(/^registry-select-[\w-]{16}$/u);
  expect(names.of('a')).toEqual({ name });
  expect(new StatementNames().of('a')).toEqual({});
});

test('however many texts come, only so many are named', () => {
  const names = new StatementNames(3);
  const named = new Set<string>();
  for (let round = 0; round < 3; round += 1) {
    for (let text = 0; text < 100; text += 1) {
      for (let times = 0; times < 2; times += 1) {
        const { name } = names.of(`select ${String(text)}`);
        if (name !== undefined) named.add(name);
      }
    }
  }
  expect(named.size).toBe(3);
});
