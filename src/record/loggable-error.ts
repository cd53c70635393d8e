/** What the log holds of an error. */
export interface LoggableError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** The error's own words and place; not its properties, where database drivers keep the values of a row. */
export function loggableError(error: unknown): LoggableError {
  if (!(error instanceof Error)) return { name: 'unknown', message: 'not an error' };
  const { name, message, stack } = error;
  return { name, message, ...(stack === undefined ? {} : { stack }) };
}
