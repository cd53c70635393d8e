import { Problem } from '../record/problem.js';

/**
 * The parameters that a data source may set, and what each changes in what we send to it. Anything else is refused by
 * name, so that a misspelt one cannot be thought to work and no credential is kept in plain text.
 */
const SOURCE_PARAMETERS = {
  version: 'header.version and search_criteria.version',
  sender_id: 'header.sender_id, in place of our own',
  sender_uri: 'header.sender_uri',
  receiver_id: 'header.receiver_id',
  reg_type: 'search_criteria.reg_type of births',
  reg_event_type: 'search_criteria.reg_event_type of births',
  death_reg_type: 'search_criteria.reg_type of deaths',
  death_reg_event_type: 'search_criteria.reg_event_type of deaths',
  marriage_reg_type: 'search_criteria.reg_type of marriages',
  marriage_reg_event_type: 'search_criteria.reg_event_type of marriages',
  reg_record_type: 'search_criteria.reg_record_type',
  locale: 'locale of each search request: three lower-case letters',
  page_size: 'records per page that imports ask for, in place of the page size of the source',
  items_per_message: 'search requests of one message at most, where many people are looked up at once',
  db_name: 'db_name of the token request, which OpenSPP 17 needs',
  scope: 'scope of the token request',
} as const;

/** As many as the largest page of the graph has people: a page is one message. */
const ITEMS_PER_MESSAGE = 100;

/** How many search requests one message to a source may have. */
export function mostItems(parameters: Readonly<Record<string, string>>): number {
  return Number(parameters.items_per_message ?? ITEMS_PER_MESSAGE);
}

const CREDENTIALS = new Map([
  ['client_id', 'the client id'],
  ['client_secret', 'the client secret'],
  ['grant_type', 'the grant type'],
]);

/** The problem of the first parameter that cannot be used; `null` when all can. */
export function findParameterFault(parameters: Readonly<Record<string, string>>): Problem | null {
  for (const [key, value] of Object.entries(parameters)) {
    const credential = CREDENTIALS.get(key);
    if (credential !== undefined) {
      return new Problem(
        'DATA_SOURCE_PARAMETER_UNKNOWN',
        `"${key}" is not a parameter: give ${credential} in the field of the data source that is made for it`,
      );
    }
    if (!Object.hasOwn(SOURCE_PARAMETERS, key)) {
      const known = Object.keys(SOURCE_PARAMETERS).join(', ');
      return new Problem('DATA_SOURCE_PARAMETER_UNKNOWN', `There is no parameter "${key}": use ${known}`);
    }
    if (value.trim() === '' || value.length > 500 || /\p{Cc}/u.test(value)) {
      return invalid(
        `The parameter ${key} must have 1 to 500 characters, no control characters among them: leave it out to use the default`,
      );
    }
    if (key === 'page_size' && !(/^\d{1,4}$/u.test(value) && Number(value) >= 1 && Number(value) <= 2000)) {
      return invalid('The parameter page_size must be a whole number from 1 to 2000');
    }
    if (key === 'items_per_message' && !/^[1-9]\d{0,2}$/u.test(value)) {
      return invalid('The parameter items_per_message must be a whole number from 1 to 999');
    }
    if (key === 'locale' && !/^[a-z]{3}$/u.test(value)) {
      return invalid('The parameter locale must be three lower-case letters, such as eng');
    }
  }
  return null;
}

function invalid(message: string): Problem {
  return new Problem('DATA_SOURCE_INVALID', message, { field: 'parameters' });
}
