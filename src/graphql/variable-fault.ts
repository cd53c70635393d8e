import type { GraphQLError } from 'graphql';

const HEAD = /^Variable "(\$\w+)" (?:got invalid value|has invalid value)/u;
const PATH_AT_END = / at "([\w.[\]]{1,200})"$/u;

/** Sentences of graphql-js that hold words of the schema and names of fields, never a value. */
const WITHOUT_VALUE = [
  /^Field "\w{1,100}" of required type "[\w![\]]+" was not provided\.$/u,
  /^Field "\w{1,100}" is not defined by type "\w+"\.( Did you mean [\w", ]+\?)?$/u,
  /^Expected type "\w+" to be an object\.$/u,
  /^Expected non-nullable type "[\w![\]]+" not to be null\.$/u,
];

/** Sentences about a single value, which they repeat; what is told of them is the type and what was meant perhaps. */
const ENUM_VALUE = /" does not exist in "(?<type>\w+)" enum\.(?<meant> Did you mean the enum value [\w", ]+\?)?$/u;
const ANY_VALUE = /^(?:Enum "|Expected type ")?(?<type>\w+)(?:" cannot represent|"\.| cannot represent) /u;

const EXPECTED: ReadonlyMap<string, string> = new Map([
  ['Boolean', 'true or false is expected'],
  ['Date', 'a calendar day is expected, as YYYY-MM-DD'],
  ['DateTime', 'an instant with its zone is expected, such as 2024-05-06T07:08:09Z'],
  ['ID', 'an id is expected, as text'],
  ['Int', 'a whole number is expected'],
  ['String', 'text is expected'],
]);

/**
 * The words of graphql-js for a variable that does not fit its type, without the value, which may be a secret or
 * somebody's number: which variable, which part of it and, where the schema is no secret, why. Other errors keep theirs.
 */
export function wordVariableFault(error: GraphQLError, tellsWhy: boolean): string {
  const [, name] = HEAD.exec(error.message) ?? [];
  if (name === undefined) return error.message;
  const why = error.originalError?.message ?? '';
  // What follows the value is written by graphql-js: nothing in the value can pass for it.
  const beforeWhy = error.message.endsWith(`; ${why}`) ? error.message.slice(0, -(why.length + 2)) : '';
  const [, path] = PATH_AT_END.exec(beforeWhy) ?? [];
  const reason = tellsWhy ? reasonWithoutValue(why) : null;
  const where = path === undefined ? '' : `, at "${path}"`;
  return `The value of variable "${name}" does not fit its type${where}${reason === null ? '' : `: ${reason}`}`;
}

function reasonWithoutValue(why: string): string | null {
  if (WITHOUT_VALUE.some((sentence) => sentence.test(why))) return why;
  const { type, meant = '' } = (ENUM_VALUE.exec(why) ?? ANY_VALUE.exec(why))?.groups ?? {};
  return type === undefined ? null : `${EXPECTED.get(type) ?? `a value of ${type} is expected`}${meant && `.${meant}`}`;
}
