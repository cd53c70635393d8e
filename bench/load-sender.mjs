// Sends requests to one server and measures how long each takes.
//
// An open loop sends at the times of a clock, whether or not earlier requests were answered, as callers who know nothing
// of each other do; a latency counts from the moment at which its request was due. In a closed loop every caller waits
// for its answer: while the server stalls nobody asks, so the requests that would have waited are never measured.
// autocannon's overallRate is such a loop per connection, which corrects afterwards for what it left out: here every
// request is really sent and measured.
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';

/** Sends `send(pool)` at `rate` a second for some seconds; answers with the latencies in ms. */
export async function openLoop(url, makeRequest, { rate, seconds }) {
  // More connections than can ever be busy unless the server stands still.
  const pool = new Pool(url, { connections: 256, pipelining: 1 });
  const latencies = [];
  const underWay = [];
  const total = rate * seconds;
  const began = performance.now();
  for (let sent = 0; sent < total;) {
    const dueCount = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate) + 1);
    for (; sent < dueCount; sent += 1) {
      const due = began + (sent / rate) * 1000;
      underWay.push(
        request(pool, makeRequest()).then(() => {
          latencies.push(performance.now() - due);
        }),
      );
    }
    await delay(1);
  }
  await Promise.all(underWay);
  await pool.close();
  return latencies;
}

/** `callers` who each ask again as soon as they are answered; answers with how many were answered, and how many a second. */
export async function closedLoop(url, makeRequest, { callers, seconds }) {
  const pool = new Pool(url, { connections: callers, pipelining: 1 });
  const began = performance.now();
  const until = began + seconds * 1000;
  let answered = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < until) {
        await request(pool, makeRequest());
        answered += 1;
      }
    }),
  );
  const perSecond = answered / ((performance.now() - began) / 1000);
  await pool.close();
  return { perSecond, answered };
}

/** The text of the answer; throws where it is not 200. */
export async function request(pool, options) {
  const { statusCode, body } = await pool.request(options);
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${options.path} was answered with ${statusCode}: ${text.slice(0, 300)}`);
  return text;
}

/** The value below which that share of the values lies. */
export function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
