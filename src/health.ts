import express, { type Router } from 'express';
import { type Pool } from 'pg';

const PING = { name: 'health-ping', text: 'select 1' };

/** `/health/live`: the process answers. `/health/ready`: it can also reach its database (503 while it cannot). */
export function healthRoutes(pool: Pool): Router {
  const router = express.Router();
  router.get('/health/live', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'live' });
  });
  router.get('/health/ready', async (_request, response) => {
    response.set('Cache-Control', 'no-store');
    try {
      await pool.query(PING);
      response.json({ status: 'ready' });
    } catch {
      response.status(503).json({ status: 'database unreachable' });
    }
  });
  return router;
}
