/** A key id as the signatures of the standard have it: `{sender_id}|{unique_key_id}|{algorithm}`. */
export function senderKeyId(senderId: string, { kid, alg }: { readonly kid: string; readonly alg: string }): string {
  return `${senderId}|${kid}|${alg}`;
}

/** Our own name of the key that either style of key id names. A sender id may hold bars itself. */
export function plainKeyId(keyId: string): string {
  return /^.*\|([^|]+)\|[^|]+$/su.exec(keyId)?.[1] ?? keyId;
}
