import { codeOf, field, wireObject, type WireObject } from './wire-object.js';

/** Why somebody asks, as the message says (`consent` and `authorize` of the standard). */
export interface GivenPurpose {
  /** `purpose.code` of the consent or the authorisation, else the text of it; `null` where neither is told. */
  readonly purpose: string | null;
  /** As they came; `null` where absent or empty. */
  readonly consent: WireObject | null;
  readonly authorize: WireObject | null;
}

/** Of a message that says nothing of it. */
export const NO_PURPOSE: GivenPurpose = { purpose: null, consent: null, authorize: null };

const LONGEST_PURPOSE = 200;
/** Line breaks and the like, which would make two lines of one in a list. */
const CONTROL = /[\p{Cc}\p{Cs}]+/gu;

/**
 * Reads `consent` and `authorize`, which the standard has in the criteria and some peers beside them; the first place
 * that holds one counts. A signed consent (a text) is no object, and is not looked into.
 */
export function readPurpose(...places: readonly (WireObject | null)[]): GivenPurpose {
  const consent = objectIn(places, 'consent');
  const authorize = objectIn(places, 'authorize');
  if (consent === null && authorize === null) return NO_PURPOSE;
  return { purpose: purposeOf(consent) ?? purposeOf(authorize), consent, authorize };
}

function objectIn(places: readonly (WireObject | null)[], name: string): WireObject | null {
  for (const place of places) {
    const object = place === null ? null : wireObject(field(place, name));
    if (object !== null && Object.keys(object).length > 0) return object;
  }
  return null;
}

function purposeOf(object: WireObject | null): string | null {
  if (object === null) return null;
  const purpose = field(object, 'purpose');
  const inner = wireObject(purpose);
  const said = codeOf(inner === null ? purpose : (field(inner, 'code') ?? field(inner, 'text')));
  if (said === null) return null;
  const line = said.replace(CONTROL, ' ').trim();
  return line === '' ? null : Array.from(line).slice(0, LONGEST_PURPOSE).join('');
}

/** What is told of a wish that lacks the consent which its client must send. */
export const CONSENT_MISSING =
  'This client must send a consent object with each request: put consent, with its purpose, into the criteria';
