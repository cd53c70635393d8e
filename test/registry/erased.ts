import { createHash } from 'node:crypto';
import { ErasedPeople } from '../../src/registry/erased-people.js';

/** Of a registry whose keys are of no account. */
export const erased = new ErasedPeople((text) => createHash('sha256').update(text).digest());
