import { type ClassType, createUnionType, Field, ObjectType } from 'type-graphql';
import { Problem } from '../record/problem.js';

@ObjectType('Refusal', {
  description: 'Why a mutation was not carried out, for a reason that the caller can change. Nothing was written.',
  simpleResolvers: true,
})
export class Refusal {
  @Field(() => String, { description: 'A stable word in upper case, such as `CRITERIA_NAME_TAKEN`.' })
  readonly code: string;

  @Field(() => String, { description: 'A sentence that says what to change.' })
  readonly message: string;

  @Field(() => String, { nullable: true, description: 'The field of the input that is at fault, where it is one.' })
  readonly field: string | null;

  constructor(code: string, message: string, field: string | null) {
    this.code = code;
    this.message = message;
    this.field = field;
  }
}

/** These stay errors of the request: the caller could not have put them right in the input. */
const NOT_BUSINESS: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'BAD_USER_INPUT']);

/** Runs a mutation; a `Problem` of the business comes back as a `Refusal`, anything else is thrown on. */
export async function orRefusal<Result>(
  work: () => Promise<Result>,
  fieldOfCode: Readonly<Record<string, string>> = {},
): Promise<Result | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const code = String(error.code);
    if (NOT_BUSINESS.has(code)) throw error;
    return new Refusal(code, error.message, error.field ?? fieldOfCode[code] ?? null);
  }
}

/** `union <name> = <Type> | Refusal`. */
export function resultOf<Result extends object>(name: string, type: ClassType<Result>) {
  return createUnionType<[ClassType<Result>, ClassType<Refusal>]>({
    name,
    description: 'What the mutation made, or why it was refused.',
    types: () => [type, Refusal],
    resolveType: (value: object) => (value instanceof Refusal ? Refusal : type),
  });
}
