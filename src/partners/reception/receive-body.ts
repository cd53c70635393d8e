import type { IncomingMessage } from 'node:http';
import { WireProblem } from './wire-problem.js';

/**
 * Receives the bytes of a body. What is longer than `maxBytes` is read past without being kept, so that the sender can
 * read the refusal. Rejects with a `WireProblem` 413, with 400 where the sender breaks off, or with the signal's reason.
 */
export function receiveBody(request: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (): void => {
      request.off('data', take).off('end', end).off('error', broken).off('close', broken);
      signal.removeEventListener('abort', abort);
    };
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > maxBytes) chunks.length = 0;
      else chunks.push(chunk);
    };
    const end = (): void => {
      finish();
      const [first] = chunks;
      if (length > maxBytes) {
        reject(new WireProblem('err.request.bad', 'The body is too large: send fewer requests', 413));
      } else resolve(chunks.length === 1 && first ? first : Buffer.concat(chunks, length));
    };
    const broken = (): void => {
      finish();
      reject(new WireProblem('err.request.bad', 'The body broke off', 400));
    };
    const abort = (): void => {
      finish();
      request.resume();
      reject(new WireProblem('err.request.timeout', 'The body did not arrive in time: send it again', 408));
    };
    request.on('data', take).on('end', end).on('error', broken).on('close', broken);
    signal.addEventListener('abort', abort);
  });
}
