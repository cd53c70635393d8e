import { type DialectName } from '../../dci/dialects/names.js';
import { type SignatureProfile } from '../../record/signature-profile.js';
import { type CredentialLocation, type PathKey } from '../data-source.js';

/** What is asked of a registry that nobody has described. */
export interface ProbeRequest {
  /** `http://` or `https://`, without a path unless everything there is below one. */
  readonly url: string;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** The database, where its token endpoint wants one named. */
  readonly dbName?: string | undefined;
  /** What it is thought to speak: anything else is a problem. */
  readonly expected?: DialectName | undefined;
}

/** Whether a kind of query is answered; `unknown`: nothing that came back tells. */
export type QueryVerdict = 'answered' | 'refused' | 'unknown';

/** The kinds of query of the standard. */
export const QUERY_TYPES = ['idtype-value', 'predicate', 'expression'] as const;
export type QueryType = (typeof QUERY_TYPES)[number];

/** What was found out of a registry. No value of a record is in it. */
export interface ProbeReport {
  readonly baseUrl: string;
  /** What it speaks, of all that we know; `null`: none of it. */
  readonly profile: DialectName | null;
  /** Why, a sentence each. */
  readonly reasons: readonly string[];
  /** Where a token request carries the credentials; `none`: there is no token endpoint; `null`: not found out. */
  readonly tokenStyle: CredentialLocation | 'none' | null;
  readonly queryTypes: Readonly<Record<QueryType, QueryVerdict>>;
  /** `flat-names`, `person` or `unknown`, and the names of the fields of a record that was seen. */
  readonly recordShape: 'flat-names' | 'person' | 'unknown';
  readonly recordFields: readonly string[];
  /** Records of a page where none is asked for; `null`: it does not say, or has no pages. */
  readonly pageDefault: number | null;
  /** How messages must be signed. */
  readonly signature: SignatureProfile;
  readonly paths: Readonly<Partial<Record<PathKey, string>>>;
  /** What has to be set beside the profile. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  /** How many requests were made. */
  readonly requests: number;
}
