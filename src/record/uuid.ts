const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/iu;

/** Whether a text can be an id of ours; what cannot be is the id of nothing, and the database need not be asked. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
