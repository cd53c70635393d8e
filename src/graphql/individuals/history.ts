import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Json } from '../../record/json.js';
import type { PersonRevision, ValueChange } from '../../registry/revisions/history.js';
import { connectionType } from '../connection.js';
import { globalId } from '../global-id.js';
import { DateTimeScalar, JsonScalar } from '../scalars.js';

@ObjectType('ValueChange', {
  description: 'A value of a person before and after it was written. Those that are not shown to you are left out.',
  simpleResolvers: true,
})
class ValueChangeNode {
  @Field(() => String, { description: 'The value: `givenName`, `birthDate`, `homeLocation`, `identifiers`, ...' })
  readonly field: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'What was held: dates as `{date, precision}`, places as ids of locations. Of identifiers nothing is told.',
  })
  readonly old: Json;

  @Field(() => JsonScalar, { nullable: true, description: 'What was held from then on; of identifiers those added.' })
  readonly new: Json;

  constructor({ field, old, new: now }: ValueChange) {
    const isPlace = field.endsWith('Location');
    this.field = field;
    this.old = isPlace ? placeId(old) : old;
    this.new = isPlace ? placeId(now) : now;
  }
}

function placeId(held: Json): Json {
  return typeof held === 'string' ? globalId('Location', held) : held;
}

@ObjectType('Revision', { description: "One time that a person's own values were written.", simpleResolvers: true })
export class RevisionNode {
  @Field(() => Int, { description: 'Counts from 1.' })
  readonly version: number;

  @Field(() => DateTimeScalar, { description: 'When it was.' })
  readonly at: Date;

  @Field(() => String, { description: 'What wrote: `import`, `loader`, `mutation` and the client, `undo`, ...' })
  readonly origin: string;

  @Field(() => String, { nullable: true, description: 'Who wrote, where it was somebody.' })
  readonly actor: string | null;

  @Field(() => String, { nullable: true, description: 'Code of the data source that told it.' })
  readonly source: string | null;

  @Field(() => ID, { nullable: true, description: 'Global id of the run of an import.' })
  readonly run: string | null;

  @Field(() => Int, { nullable: true, description: 'The page of the run, from 1.' })
  readonly page: number | null;

  @Field(() => Int, { nullable: true, description: 'Place of the record on that page, from 1.' })
  readonly ordinal: number | null;

  @Field(() => Boolean, { description: 'Whether the person was made then.' })
  readonly isFirst: boolean;

  @Field(() => [ValueChangeNode], { description: 'What differs from before, of what is shown to you.' })
  readonly changes: readonly ValueChangeNode[];

  constructor(revision: PersonRevision) {
    this.version = revision.version;
    this.at = revision.at;
    this.origin = revision.origin;
    this.actor = revision.actor;
    this.source = revision.source;
    this.run = revision.importRunId === null ? null : globalId('ImportRun', revision.importRunId);
    this.page = revision.page;
    this.ordinal = revision.ordinal;
    this.isFirst = revision.isFirst;
    this.changes = revision.changes.map((change) => new ValueChangeNode(change));
  }
}

/** A page of what became of a person's own values. */
export const RevisionConnection = connectionType('Revision', () => RevisionNode);
