/**
 * The HTTP status (400 to 499) that an error of the body parser means; `null` for any other error. Nothing else of such
 * an error is passed on: it holds the body.
 */
export function bodyErrorStatus(error: unknown): number | null {
  const status: unknown = typeof error === 'object' && error !== null && 'status' in error ? error.status : null;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}
