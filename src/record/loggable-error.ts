/** What the log holds of an error. */
export interface LoggableError {
  readonly name: string;
  readonly message: string;
  /** Of databases and sockets: `23505`, `ECONNREFUSED`. */
  readonly code?: string;
  readonly stack?: string;
}

/** The error's own words and place; not its properties, where database drivers keep the values of a row. */
export function loggableError(error: unknown): LoggableError {
  if (!(error instanceof Error)) return { name: 'unknown', message: 'not an error' };
  const { name, message, stack } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { name, message, ...(code === undefined ? {} : { code }), ...(stack === undefined ? {} : { stack }) };
}
