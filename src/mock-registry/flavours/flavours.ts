import { type Flavour, PROFILE_NAMES, type ProfileName } from './flavour.js';
import { opencrvs19 } from './opencrvs-1-9.js';
import { openg2p } from './openg2p.js';
import { openspp17 } from './openspp-17.js';
import { openspp2 } from './openspp-2.js';
import { spdci1 } from './spdci-1.js';

const FLAVOURS: Readonly<Record<Exclude<ProfileName, 'opencrvs-1.0'>, Flavour>> = {
  'opencrvs-1.9': opencrvs19,
  'openspp-17': openspp17,
  'openspp-2': openspp2,
  openg2p,
  'spdci-1.0': spdci1,
};

/** The flavour of that name; `null` for OpenCRVS 1.0, whose register is this folder's own. */
export function flavourOf(name: ProfileName): Flavour | null {
  return name === 'opencrvs-1.0' ? null : FLAVOURS[name];
}

/** Whether a text is the name of a profile. */
export function isProfileName(text: string): text is ProfileName {
  return PROFILE_NAMES.some((name) => name === text);
}
