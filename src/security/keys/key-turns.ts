/** Whoever changes keys, files or rows, waits for whoever is at it. */
export const LOCK_KEYS = {
  name: 'keys-lock',
  text: "select pg_advisory_xact_lock(hashtext('dci-gateway keys'))",
};
