import type { Pool } from 'pg';
import type { Jobs } from '../../database/jobs.js';
import { inTransaction } from '../../database/transaction.js';
import { Problem } from '../../record/problem.js';
import { deliveryUnknown } from './delivery-list.js';

const REPLAY = {
  name: 'delivery-replay',
  text: `
    update deliveries
    set state = 'waiting', attempts = 0, next_attempt_at = now(), claimed_until = null, finished_at = null,
      last_error = null
    where id = $1 and state = 'dead'
    returning id`,
};

const STATE_OF = { name: 'delivery-state', text: 'select state from deliveries where id = $1' };

/**
 * Posts a dead message again, as if for the first time. Throws a `Problem`: `DELIVERY_UNKNOWN`, `DELIVERY_NOT_DEAD`
 * (it is delivered, or still waits for its next attempt).
 */
export async function replayDelivery(pool: Pool, jobs: Jobs, id: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query({ ...REPLAY, values: [id] });
    if (rowCount === 1) {
      await jobs.send('delivery', { id }, { db: client });
      return;
    }
    const { rows } = await client.query<{ state: string }>({ ...STATE_OF, values: [id] });
    if (rows[0] === undefined) throw deliveryUnknown();
    throw new Problem('DELIVERY_NOT_DEAD', `Only dead messages are posted again; this one is ${rows[0].state}`);
  });
}
