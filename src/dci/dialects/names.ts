/** The ways of speaking the standard that we know, each one record in this folder. */
export const DIALECT_NAMES = [
  'spdci-1.0',
  'spdci-1.0-examples',
  'opencrvs-1.0',
  'opencrvs-1.9',
  'openspp-17',
  'openspp-2',
  'openg2p',
] as const;
export type DialectName = (typeof DIALECT_NAMES)[number];
