/** How a message is signed: see dci/signatures. */
export const SIGNATURE_PROFILES = ['none', 'jws-compact', 'jws-detached', 'cavage'] as const;
export type SignatureProfile = (typeof SIGNATURE_PROFILES)[number];

/**
 * What is asked of messages that come in. `off`: they come unsigned; `optional`: signed or not; `required`: signed. A
 * signature that is there has to verify, whatever is asked.
 */
export const SIGNATURE_POLICIES = ['off', 'optional', 'required'] as const;
export type SignaturePolicy = (typeof SIGNATURE_POLICIES)[number];
