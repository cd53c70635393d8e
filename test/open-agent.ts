import { pino } from 'pino';
import { GuardedAgent } from '../src/security/egress/guarded-agent.js';
import { PartnerKeys } from '../src/security/partner-keys.js';
import { KEY_SET_LIMITS } from '../src/security/remote-key-set.js';

/** The way out of tests: to servers on this machine. Its connections keep no process alive. */
export const OPEN_AGENT = new GuardedAgent({ environment: 'test', privateNetworks: null });

/** Keys of partners, pinned or on this machine. */
export const OPEN_KEYS = new PartnerKeys({
  fetch: OPEN_AGENT.fetch({ givenBy: 'operator', ...KEY_SET_LIMITS }),
  log: pino({ level: 'silent' }),
});
