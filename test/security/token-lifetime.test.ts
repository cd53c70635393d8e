import { readConfig } from '../../src/config.js';
import { refusal } from './refusal.js';

test('the lifetime of tokens is a number of seconds from the start on, 600 unless said otherwise', () => {
  expect(readConfig({}).tokenLifetimeSeconds).toBe(600);
  expect(readConfig({ TOKEN_LIFETIME_SECONDS: '900' }).tokenLifetimeSeconds).toBe(900);
});

test.each(['ten minutes', '-1', '0', '1.5', '1e9', 'NaN'])('a lifetime of %s stops the start', async (lifetime) => {
  const problem = await refusal(() => readConfig({ TOKEN_LIFETIME_SECONDS: lifetime }));
  expect(problem.code).toBe('CONFIGURATION_INVALID');
  expect(problem.message).toContain('TOKEN_LIFETIME_SECONDS');
});
