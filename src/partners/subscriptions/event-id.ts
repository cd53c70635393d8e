import { createHash } from 'node:crypto';
import type { Happening } from './happenings.js';

/** The name space of our events; drawn once. */
const NAMESPACE = Buffer.from('5f2f5f0c8f6d4c5b9d0b3a1f6c1e7a42', 'hex');

/**
 * Id of what a subscriber is told: a UUID v5 (RFC 9562, 5.5) of the subscription and of what happened, so that an event
 * has one id however often it is made or sent.
 */
export function eventId(subscriptionId: string, happening: Happening): string {
  const { changeId, recordId, word } = happening;
  const name = [subscriptionId, String(changeId), recordId, word].join(' ');
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}
