import { dialect } from '../dci/dialects/dialect.js';
import { type Identifier } from '../record/individual.js';
import { Problem } from '../record/problem.js';
import { type DataSource } from './data-source.js';

/** An identifier, and the source that told of it; `null`: it was entered here. */
interface KnownIdentifier extends Identifier {
  readonly dataSourceId: string | null;
}

/**
 * By which of a person's identifiers a source is asked for the person: one of a type that it can be asked, rather one that
 * finds nobody else, rather one that it told us itself. Throws `REMOTE_NOT_ASKABLE` where there is none.
 */
export function lookupIdentifier(
  source: Pick<DataSource, 'id' | 'code' | 'dialect'>,
  identifiers: readonly KnownIdentifier[],
): Identifier {
  const { identifierTypes, looseIdentifierTypes } = dialect(source.dialect).request;
  const rank = ({ type, dataSourceId }: KnownIdentifier): number =>
    (isAmong(type, looseIdentifierTypes) ? 2 : 0) + (dataSourceId === source.id ? 0 : 1);
  const [best] = identifiers
    .filter(({ type }) => isAmong(type, identifierTypes))
    .sort((one, other) => rank(one) - rank(other));
  if (best !== undefined) return { type: best.type, value: best.value };
  const askable =
    identifierTypes === 'any'
      ? 'an identifier'
      : identifierTypes.length === 0
        ? null
        : `an identifier of one of these types: ${identifierTypes.join(', ')}`;
  throw new Problem(
    'REMOTE_NOT_ASKABLE',
    askable === null
      ? `"${source.code}" cannot be asked for one person: its dialect asks for birth dates alone`
      : `"${source.code}" cannot be asked for this person, of whom we do not know ${askable}`,
  );
}

function isAmong(type: string, types: 'any' | readonly string[]): boolean {
  return types === 'any' || types.includes(type);
}
