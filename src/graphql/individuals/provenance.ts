import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { ValueProvenance } from '../../registry/revisions/revision-loaders.js';
import { globalId } from '../global-id.js';
import { DateTimeScalar } from '../scalars.js';

@ObjectType('Provenance', {
  description: 'Where a value of a person that is held came from: who told it, in which run, and where in the answer.',
  simpleResolvers: true,
})
export class ProvenanceNode {
  @Field(() => String, {
    description: 'The value: `givenName`, `sex`, `birthDate`, `birthLocation`, `homePlaceText`, `identifiers`, ...',
  })
  readonly field: string;

  @Field(() => DateTimeScalar, { description: 'When it was written here.' })
  readonly at: Date;

  @Field(() => String, { description: 'What wrote it: `import`, `loader`, `mutation` and the client, a partner, ...' })
  readonly origin: string;

  @Field(() => String, { nullable: true, description: 'Who wrote it, where it was somebody.' })
  readonly actor: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Code of the data source that told it; null for what was entered here.',
  })
  readonly source: string | null;

  @Field(() => ID, { nullable: true, description: 'Global id of the run of an import that brought it.' })
  readonly run: string | null;

  @Field(() => Int, { nullable: true, description: 'The page of the run, from 1.' })
  readonly page: number | null;

  @Field(() => Int, { nullable: true, description: 'Place of the record on that page, from 1.' })
  readonly ordinal: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'JSON pointer (RFC 6901) of the value in the answer of the source to that page, where it is known.',
  })
  readonly pointer: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the source says that its record was last changed, or made.',
  })
  readonly saidAt: Date | null;

  constructor(value: ValueProvenance) {
    this.field = value.field;
    this.at = value.at;
    this.origin = value.origin;
    this.actor = value.actor;
    this.source = value.source;
    this.run = value.importRunId === null ? null : globalId('ImportRun', value.importRunId);
    this.page = value.page;
    this.ordinal = value.ordinal;
    this.pointer = value.pointer;
    this.saidAt = value.saidAt;
  }
}
