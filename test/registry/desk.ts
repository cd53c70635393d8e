import { createHash } from 'node:crypto';
import { ConflictDesk } from '../../src/registry/write-sources/decisions.js';
import { reversingSeal } from '../sources/reversing-seal.js';

/** Of a registry whose keys are of no account; nobody has two national numbers. */
export const desk = new ConflictDesk(
  { ...reversingSeal, hashSecret: (text) => createHash('sha256').update(text).digest() },
  ['NID', 'UIN'],
);
