import everyDay from './jest.config.mjs';

// Read by the tests that do more at night; workers inherit it.
process.env.DCI_NIGHTLY = '1';

/** What takes too long for every change: `npm run test:nightly`. */
export default {
  ...everyDay,
  testMatch: [
    '<rootDir>/test/nightly/**/*.test.ts',
    '<rootDir>/test/end-to-end/mutated-messages.test.ts',
    '<rootDir>/test/partners/sealed-messages.test.ts',
  ],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 3_600_000,
};
