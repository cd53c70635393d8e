import { hash } from 'node:crypto';
import { Problem } from '../../record/problem.js';
import { isUuid } from '../../record/uuid.js';
import type { OrderKey } from './keyset.js';
import { isCalendarDay, isInstant } from './parameters.js';

/** Values of the keys of an order at one row, the id last; `null` is unknown. */
export type Position = readonly (string | null)[];

/** An opaque text that marks the row at this position; it only means something to lists of the same order. */
export function writeCursor(keys: readonly OrderKey[], position: Position): string {
  return Buffer.from(JSON.stringify([orderMark(keys), ...position])).toString('base64url');
}

/** The position that a cursor marks. Throws `CURSOR_INVALID` for one that a list of this order did not make. */
export function readCursor(keys: readonly OrderKey[], cursor: string): Position {
  const [mark, ...position] = parse(cursor);
  if (mark !== orderMark(keys)) {
    throw new Problem('CURSOR_INVALID', 'The cursor belongs to a list in another order: start again without a cursor.');
  }
  if (position.length !== keys.length || !keys.every((key, index) => isValueOf(key, position[index]))) {
    throw unreadable();
  }
  return position;
}

function parse(cursor: string): (string | null)[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(parsed) &&
      parsed.every((part): part is string | null => part === null || typeof part === 'string')
    )
      return parsed;
  } catch {
    // Answered below.
  }
  throw unreadable();
}

function unreadable(): Problem {
  return new Problem('CURSOR_INVALID', 'The cursor cannot be read: pass one as an earlier answer gave it.');
}

function orderMark(keys: readonly OrderKey[]): string {
  const order = keys.map(({ name, direction }) => `${name} ${direction}`).join();
  return hash('sha256', order, 'base64url').slice(0, 6);
}

/** A cursor comes back from a caller, who may have changed it: the database is handed only what it can read. */
function isValueOf(key: OrderKey, value: string | null | undefined): boolean {
  if (value === null) return key.nullable;
  if (value === undefined) return false;
  switch (key.type) {
    case 'uuid':
      return isUuid(value);
    case 'date':
      return isCalendarDay(value);
    case 'timestamptz':
      return isInstant(value);
    case 'boolean':
      return value === 'true' || value === 'false';
    case 'integer':
    case 'float8':
      return /^\d{1,6}$/u.test(value);
    case 'bigint':
      return /^\d{1,18}$/u.test(value);
    case 'numeric':
      return /^-?\d{1,100}(\.\d{1,100})?$/u.test(value);
    case 'text':
      return !value.includes('\0');
  }
}
