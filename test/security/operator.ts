import type { Pool } from 'pg';
import { Ledger } from '../../src/security/audit/ledger.js';
import type { Administrator } from '../../src/security/administrator.js';
import { reversingSeal } from '../sources/reversing-seal.js';

/** Somebody at the command line, whose acts are written down as the gateway does it. */
export function operator(pool: Pool): Administrator {
  const ledger = new Ledger({ pool, keys: reversingSeal, disclosureRetentionDays: 30, evidenceRetentionDays: 30 });
  return { ledger, actor: 'operator:test' };
}
