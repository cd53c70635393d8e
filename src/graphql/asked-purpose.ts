import { z } from 'zod';
import { Problem } from '../record/problem.js';
import type { Disclosure } from '../security/audit/ledger.js';
import type { CallingClient, Caller } from '../security/bearer.js';

/** Why a caller asks, and what allows it. */
export type Purpose = Pick<Disclosure, 'purpose' | 'evidence'>;

const EXTENSIONS = z.object({
  purpose: z.string().trim().min(1).max(500).optional(),
  consent: z.record(z.string(), z.unknown()).optional(),
  authorize: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Why a caller asks, as it says in the `extensions` of its request: `purpose` in words or as a code, `consent` and
 * `authorize` objects as the DCI standard has them. Throws a `Problem`: `BAD_USER_INPUT`, and `CONSENT_REQUIRED` where
 * the client is asked for consent and brings none.
 */
export function readPurpose(
  extensions: Readonly<Record<string, unknown>> | undefined,
  caller: Caller | CallingClient,
): Purpose {
  const read = EXTENSIONS.safeParse(extensions ?? {});
  if (!read.success) {
    throw new Problem(
      'BAD_USER_INPUT',
      'extensions.purpose is a text of at most 500 signs, consent and authorize are objects',
    );
  }
  const { purpose = null, consent, authorize } = read.data;
  if (consent === undefined && 'reception' in caller && caller.reception.consentRequired) {
    throw new Problem('CONSENT_REQUIRED', 'This client needs a consent object in the extensions of the request');
  }
  return { purpose, evidence: consent === undefined && authorize === undefined ? null : { consent, authorize } };
}
