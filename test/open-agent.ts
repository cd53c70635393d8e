import { GuardedAgent } from '../src/security/egress/guarded-agent.js';

/** The way out of tests: to servers on this machine. Its connections keep no process alive. */
export const OPEN_AGENT = new GuardedAgent({ environment: 'test', privateNetworks: null });
