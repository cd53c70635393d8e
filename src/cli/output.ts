import { pino, type Logger } from 'pino';
import type { Config } from '../config.js';
import { createLogger } from '../logging.js';

/** Data of a command: one JSON document with `--json`, else the lines given. */
export function print(data: unknown, options: { json?: boolean | undefined }, lines: () => readonly string[]): void {
  process.stdout.write(options.json ? `${JSON.stringify(data, null, 2)}\n` : `${lines().join('\n')}\n`);
}

/** Columns as wide as their widest cell, two blanks apart. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** `1 page`, `2 pages`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${String(count)} ${count === 1 ? one : many}`;
}

/** Words of another system, which must not move the cursor of the operator's terminal or turn the line around. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu, ' ');
}

/** The log goes to stderr, so that what a command prints can be piped. */
export function createLog(config: Config, level = config.logLevel): Logger {
  return createLogger(level, pino.destination({ fd: 2, sync: true }));
}
