import type { IncomingMessage } from 'node:http';

/**
 * Whether a body came compressed. Such bodies are refused before any parser sees them: decoders are large, a small body
 * can become a huge one, and nobody is authenticated yet.
 */
export function isEncoded({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  return encoding !== '' && encoding !== 'identity';
}
